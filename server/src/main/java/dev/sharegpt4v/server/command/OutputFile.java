package dev.sharegpt4v.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Results in files. */
final class OutputFile {

    private OutputFile() {}

    /** Writes a tree as indented text. */
    static void write(Path file, JsonNode tree) {
        write(file, tree.toPrettyString() + "\n");
    }

    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
