package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.checkpoint.Checkpoint;
import dev.sharegpt4v.models.checkpoint.Checkpoints;
import dev.sharegpt4v.models.testing.ParityCase;
import java.nio.file.Path;

/** Packages of the checkpoints that transformers' results are known of. */
final class ParityPackage {

    private ParityPackage() {}

    static PackageManifest convert(ParityCase golden, Path target, ConversionOptions options) {
        try (Checkpoint checkpoint = Checkpoints.open(golden.checkpoint(), golden.visionTower())) {
            return Converter.convert(
                    checkpoint, TokenizerSource.of(checkpoint.folder()), target, options, ConversionProgress.NONE);
        }
    }
}
