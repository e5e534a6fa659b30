package dev.sharegpt4v.models.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.testing.ParityCase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A parity case's checkpoint, with the folders beside it, copied to where a test may spoil it. */
final class CheckpointCopy {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path root;

    CheckpointCopy(ParityCase parity, Path root) {
        this.root = root;
        Path source = parity.checkpoint().resolveSibling("");
        try (Stream<Path> tree = Files.walk(source)) {
            for (Path path : tree.toList()) {
                Path target = root.resolve(source.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path folder() {
        return root.resolve("checkpoint");
    }

    Path file(String name) {
        return folder().resolve(name);
    }

    /** Changes a JSON file. */
    CheckpointCopy edit(String name, Consumer<ObjectNode> change) {
        try {
            ObjectNode node = (ObjectNode) JSON.readTree(file(name).toFile());
            change.accept(node);
            JSON.writeValue(file(name).toFile(), node);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    CheckpointCopy write(String name, byte... bytes) {
        try {
            Files.write(file(name), bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    CheckpointCopy delete(String name) {
        try {
            Files.delete(file(name));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    CheckpointCopy move(Path from, Path to) {
        try {
            Files.createDirectories(to.resolveSibling(""));
            Files.move(from, to);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
