package dev.sharegpt4v.server.bench.engine;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.PackageFile;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.runtime.execution.ModelShape;

/**
 * Bytes that a decode step reads from memory.
 *
 * @param weights all but the embeddings, of which a step reads a few rows
 * @param kvPerToken keys and values of one cached token
 */
public record DecodeTraffic(long weights, long kvPerToken) {

    /** By the size of the package's weights on disk, which int4, int8 and fp32 keep in memory. */
    public static DecodeTraffic of(PackageManifest manifest, long kvPerToken) {
        ModelShape shape = manifest.shape();
        String decoder = manifest.weights().decoder();
        long stored = manifest.files().stream()
                .filter(file -> file.name().equals(PackageManifest.DECODER_GRAPH + ".data"))
                .mapToLong(PackageFile::bytes)
                .sum();
        long embeddings = (long) shape.vocabularySize()
                * shape.hiddenSize()
                * (decoder.equals("fp32") ? Float.BYTES : Short.BYTES);
        long matrices = Math.max(0, stored - embeddings);
        // The CPU widens halves when it loads them.
        boolean widened = decoder.equals("fp16") && manifest.device() == Device.CPU;
        return new DecodeTraffic(widened ? 2 * matrices : matrices, kvPerToken);
    }

    /** Keys and values that an average step of a case reads. */
    public long kv(StepCase measured) {
        return Math.round(measured.batch() * (measured.context() + (measured.decode() + 1) / 2.0) * kvPerToken);
    }

    /** Everything that an average step of a case reads. */
    public long bytes(StepCase measured) {
        return weights + kv(measured);
    }
}
