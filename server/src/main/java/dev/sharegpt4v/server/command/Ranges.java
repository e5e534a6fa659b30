package dev.sharegpt4v.server.command;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The ranges of numbers that options can have. */
final class Ranges {

    private Ranges() {}

    /** Refuses a number out of its range, as wrong usage. */
    static void require(CommandSpec spec, String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    spec.commandLine(), "%s must be between %d and %d, not %d".formatted(option, least, most, value));
        }
    }
}
