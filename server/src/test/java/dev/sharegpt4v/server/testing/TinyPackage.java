package dev.sharegpt4v.server.testing;

import dev.sharegpt4v.models.checkpoint.Checkpoint;
import dev.sharegpt4v.models.checkpoint.Checkpoints;
import dev.sharegpt4v.models.convert.ConversionOptions;
import dev.sharegpt4v.models.convert.ConversionProgress;
import dev.sharegpt4v.models.convert.Converter;
import dev.sharegpt4v.models.convert.TokenizerSource;
import dev.sharegpt4v.models.convert.WeightFormat;
import dev.sharegpt4v.models.testing.ParityCase;
import java.nio.file.Files;
import java.nio.file.Path;

/** A package of a few random weights, converted as any other. */
public final class TinyPackage {

    private TinyPackage() {}

    /** The package in a folder; made at the first call. */
    public static Path in(Path folder) {
        Path target = folder.resolve("tiny");
        if (!Files.isDirectory(target)) {
            ParityCase tiny = ParityCase.load("plain", "published");
            try (Checkpoint checkpoint = Checkpoints.open(tiny.checkpoint(), tiny.visionTower())) {
                Converter.convert(
                        checkpoint,
                        TokenizerSource.of(checkpoint.folder()),
                        target,
                        ConversionOptions.of(WeightFormat.FP32),
                        ConversionProgress.NONE);
            }
        }
        return target;
    }
}
