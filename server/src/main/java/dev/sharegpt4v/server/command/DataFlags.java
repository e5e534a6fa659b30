package dev.sharegpt4v.server.command;

import dev.sharegpt4v.server.DataConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of files and batches. */
final class DataFlags {

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Folder for /v1/files and /v1/batches, which are off when left out.")
    @Nullable
    Path folder;

    @Option(
            names = "--data-limit-mb",
            paramLabel = "MB",
            description = "Size of all uploaded files together at most (${DEFAULT-VALUE}).")
    long limitMegabytes = 10_240;

    @Option(
            names = "--batch-lines",
            paramLabel = "N",
            description = "Lines of batches that are answered at one time; a quarter of --max-running when left out.")
    @Nullable
    Integer lines;

    Optional<DataConfig> config() {
        Ranges.require(spec, "--data-limit-mb", limitMegabytes, 1, 1L << 30);
        if (lines != null) {
            Ranges.require(spec, "--batch-lines", lines, 1, 1 << 16);
        }
        Integer given = lines;
        Path at = folder;
        return at == null
                ? Optional.empty()
                : Optional.of(new DataConfig(
                        at, limitMegabytes << 20, given == null ? OptionalInt.empty() : OptionalInt.of(given)));
    }
}
