package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.checkpoint.Checkpoint;
import dev.sharegpt4v.models.checkpoint.Checkpoints;
import dev.sharegpt4v.models.convert.ConversionOptions;
import dev.sharegpt4v.models.convert.Converter;
import dev.sharegpt4v.models.convert.TokenizerSource;
import dev.sharegpt4v.models.convert.WeightFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.stream.Stream;

/** The model that is served when no other is named: a checkpoint in this repository, converted at the first start. */
final class DemoModel {

    private static final String CHECKPOINT = "sharegpt4v-demo";

    private DemoModel() {}

    /** The demo's package, converted again when the checkpoint is newer. */
    static Path packageFolder() {
        Path home = Path.of(System.getProperty("sharegpt4v.home", "."), "models", "demo");
        Path checkpoint = home.resolve(CHECKPOINT);
        if (!Files.isDirectory(checkpoint)) {
            throw new IllegalArgumentException(
                    "no --model was given, and the demo model is not at " + checkpoint.toAbsolutePath());
        }
        Path target = writable(home).resolve(CHECKPOINT);
        if (isCurrent(target, checkpoint)) {
            return target;
        }
        System.err.println("converting the demo model (once) …");
        try (Checkpoint opened = Checkpoints.open(checkpoint, Optional.empty());
                Progress progress = new Progress()) {
            ConversionOptions options = ConversionOptions.of(WeightFormat.FP32).replacing();
            Converter.convert(opened, TokenizerSource.of(checkpoint), target, options, progress);
        }
        return target;
    }

    private static Path writable(Path home) {
        return Files.isWritable(home)
                ? home.resolve(".package")
                : Path.of(System.getProperty("java.io.tmpdir"), "sharegpt4v-demo-package");
    }

    private static boolean isCurrent(Path target, Path checkpoint) {
        Path manifest = target.resolve("model.json");
        try (Stream<Path> files = Files.list(checkpoint)) {
            if (!Files.isRegularFile(manifest)) {
                return false;
            }
            FileTime converted = Files.getLastModifiedTime(manifest);
            return files.allMatch(file -> modified(file).compareTo(converted) < 0);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + checkpoint, e);
        }
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
