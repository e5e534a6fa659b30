package dev.sharegpt4v.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Results for programs. */
final class JsonFile {

    private static final JsonMapper JSON = new JsonMapper();

    private JsonFile() {}

    /** Writes a tree as indented text. */
    static void write(Path file, JsonNode tree) {
        try {
            Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
