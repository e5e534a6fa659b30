package dev.sharegpt4v.models.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A folder with configuration files only. */
record ConfigFolder(Path folder) {

    ConfigFolder with(String name, String json) {
        try {
            Files.writeString(folder.resolve(name), json);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    CheckpointConfig read() {
        return new CheckpointConfigReader(folder).read(Optional.empty(), Map.of());
    }
}
