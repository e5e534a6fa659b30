package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.PackageFile;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import dev.sharegpt4v.models.checkpoint.VisionConfig;

/**
 * Bytes that a server needs beside its KV cache.
 *
 * @param weights of decoder and vision tower as they are in memory
 * @param activations of the largest step and of the largest batch of images
 * @param features of images that are kept
 * @param heap that the JVM may grow to, prepared images in it, and what it needs outside of it
 */
record MemoryNeeds(long weights, long activations, long features, long heap) {

    /** Code, classes, threads and buffers of the JVM and of ONNX Runtime. */
    private static final long PROCESS = 256L << 20;

    /** Packed weights are a little larger than stored ones: scales and sums of four bytes beside each block. */
    private static final double PACKED = 1.1;

    static MemoryNeeds of(PackageManifest manifest, ModelConfig config, long heap) {
        return new MemoryNeeds(
                weights(manifest),
                step(
                                manifest.model().decoder(),
                                config.engine().maxStepTokens(),
                                config.engine().maxRunning())
                        + images(manifest.model().vision(), config.encoderBatch()),
                config.engine().featureBytes(),
                heap + PROCESS);
    }

    private static long weights(PackageManifest manifest) {
        double bytes = 0;
        for (PackageFile file : manifest.files()) {
            boolean vision = file.name().startsWith(PackageManifest.VISION_GRAPH);
            String format =
                    vision ? manifest.weights().vision() : manifest.weights().decoder();
            // The CPU widens halves when it loads them.
            bytes += file.bytes() * (format.equals("fp16") ? 2 : PACKED);
        }
        return (long) bytes;
    }

    /** Residual, norm, queries, keys, values, attention and three results of the MLP; logits of every sequence. */
    private static long step(DecoderConfig decoder, long tokens, long sequences) {
        long token = 8L * decoder.hiddenSize() + 3L * decoder.intermediateSize();
        return (tokens * token + sequences * decoder.vocabularySize()) * Float.BYTES;
    }

    /** The same of the vision tower, whose attention also holds its scores. */
    private static long images(VisionConfig vision, long batch) {
        long rows = vision.patches() + 1L;
        long row = 8L * vision.hiddenSize() + 2L * vision.intermediateSize() + vision.heads() * rows;
        return batch * rows * row * Float.BYTES;
    }

    /** What one more model in the same process needs. */
    long ofModel() {
        return weights + activations + features;
    }

    long total() {
        return ofModel() + heap;
    }
}
