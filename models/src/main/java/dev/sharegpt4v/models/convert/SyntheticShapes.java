package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.CheckpointException;
import dev.sharegpt4v.models.checkpoint.Checkpoints;
import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import dev.sharegpt4v.models.checkpoint.VisionConfig;
import dev.sharegpt4v.models.image.Preprocessing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The published models' shapes, by name. Source: config.json of Lin-Chen/ShareGPT4V-7B and -13B and of their towers. */
public final class SyntheticShapes {

    private SyntheticShapes() {}

    /** The configuration of a published model: {@code sharegpt4v-7b} or {@code sharegpt4v-13b}. */
    static Optional<CheckpointConfig> named(String name) {
        return switch (name) {
            case "sharegpt4v-7b" -> Optional.of(config(name, decoder(4096, 11_008, 32, 32)));
            case "sharegpt4v-13b" -> Optional.of(config(name, decoder(5120, 13_824, 40, 40)));
            default -> Optional.empty();
        };
    }

    /**
     * The configuration that a name or a file gives.
     *
     * @param nameOrFile a published model's name, or a file like a checkpoint's config.json
     * @throws CheckpointException when it is neither
     */
    public static CheckpointConfig of(String nameOrFile) {
        Optional<CheckpointConfig> published = named(nameOrFile);
        if (published.isPresent()) {
            return published.get();
        }
        Path file = Path.of(nameOrFile);
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(
                    nameOrFile + ": is neither a shape (sharegpt4v-7b, sharegpt4v-13b) nor a file that describes one");
        }
        return Checkpoints.config(file);
    }

    private static DecoderConfig decoder(int hidden, int intermediate, int layers, int heads) {
        return new DecoderConfig(hidden, intermediate, layers, heads, heads, 128, 32_000, 4096, 1e-5, 10_000);
    }

    private static CheckpointConfig config(String name, DecoderConfig decoder) {
        return new CheckpointConfig(
                name,
                CheckpointConfig.Layout.ORIGINAL,
                decoder,
                new VisionConfig(1024, 4096, 24, 16, 336, 14, 1e-5, "quick_gelu", -2, false),
                2,
                new Preprocessing(true, 336, 336, Preprocessing.CLIP_MEAN, Preprocessing.CLIP_STD),
                new GenerationDefaults(
                        Optional.of(0.9), Optional.of(0.6), Optional.empty(), Optional.empty(), List.of(2)),
                1,
                2,
                decoder.vocabularySize());
    }
}
