package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import dev.sharegpt4v.models.checkpoint.VisionConfig;
import dev.sharegpt4v.models.image.Preprocessing;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/** Shapes of models that convert and run in a moment. */
final class TinyModels {

    /** Writes something where a tokenizer would be; for tests that load no tokenizer. */
    static final TokenizerSource NO_TOKENIZER = target -> Files.writeString(target, "{}");

    private TinyModels() {}

    /** Sizes that are powers of two nowhere: 24 × 24 pixels with a remainder at the edge, grouped key/value heads. */
    static CheckpointConfig odd() {
        return config(odd(false), new DecoderConfig(80, 112, 3, 4, 2, 16, 300, 256, 1e-5, 10_000), 2);
    }

    static VisionConfig odd(boolean keepClassToken) {
        return new VisionConfig(72, 100, 3, 3, 26, 8, 1e-5, "quick_gelu", -2, keepClassToken);
    }

    static CheckpointConfig config(VisionConfig vision, DecoderConfig decoder, int projectorLayers) {
        return new CheckpointConfig(
                "tiny",
                CheckpointConfig.Layout.ORIGINAL,
                decoder,
                vision,
                projectorLayers,
                new Preprocessing(
                        true, vision.imageSize(), vision.imageSize(), Preprocessing.CLIP_MEAN, Preprocessing.CLIP_STD),
                new GenerationDefaults(
                        Optional.of(0.2), Optional.empty(), Optional.empty(), Optional.empty(), List.of(2)),
                1,
                2,
                decoder.vocabularySize() - 4);
    }
}
