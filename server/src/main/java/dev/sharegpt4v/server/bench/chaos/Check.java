package dev.sharegpt4v.server.bench.chaos;

import java.util.List;

/**
 * Something that must hold.
 *
 * @param name what it is
 * @param holds whether it does
 * @param found figures in a few words
 * @param examples of what is wrong
 */
public record Check(String name, boolean holds, String found, List<String> examples) {

    public Check {
        examples = List.copyOf(examples);
    }

    static Check of(String name, boolean holds, String found) {
        return new Check(name, holds, found, List.of());
    }
}
