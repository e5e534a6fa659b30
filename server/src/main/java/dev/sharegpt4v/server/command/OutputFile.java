package dev.sharegpt4v.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.runtime.storage.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Results in files. */
final class OutputFile {

    private OutputFile() {}

    /** Writes a tree as indented text. */
    static void write(Path file, JsonNode tree) {
        write(file, tree.toPrettyString() + "\n");
    }

    /** The file holds all of the text, or what it held before; unless it is a pipe or a terminal. */
    static void write(Path file, String text) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        try {
            if (!Files.exists(file)) {
                AtomicFile.write(file, content);
            } else if (Files.isRegularFile(file)) {
                AtomicFile.write(file.toRealPath(), content);
            } else {
                Files.write(file, content);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
