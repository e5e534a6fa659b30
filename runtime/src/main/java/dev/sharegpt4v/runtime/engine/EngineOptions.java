package dev.sharegpt4v.runtime.engine;

/**
 * All limits of an engine.
 *
 * @param maxRunning sequences that share a step at most
 * @param maxQueued requests that wait at most; one more is refused
 * @param maxStepTokens tokens of one step at most, over all slices; long prompts are cut into chunks of what is left
 * @param maxStretch how many times as long as a step of running streams alone a step may take when prompts join it, as
 *     measured so far; 0 for no such limit
 * @param maxDrafts tokens guessed ahead of a stream at most; 0 switches speculative decoding off
 * @param prefixCaching whether keys and values are kept for sequences that begin alike
 * @param featureBytes bytes of image features that are kept or prepared ahead
 * @param imageBytes bytes of prepared images that live requests hold at most; more are refused
 */
public record EngineOptions(
        int maxRunning,
        int maxQueued,
        int maxStepTokens,
        double maxStretch,
        int maxDrafts,
        boolean prefixCaching,
        long featureBytes,
        long imageBytes) {

    public EngineOptions {
        if (maxRunning < 1 || maxQueued < 1 || maxStepTokens < maxRunning) {
            throw new IllegalArgumentException(
                    "a step of " + maxStepTokens + " tokens must hold one of each of " + maxRunning + " sequences");
        }
        if (maxStretch != 0 && !(maxStretch > 1) || maxDrafts < 0 || featureBytes < 0 || imageBytes < 0) {
            throw new IllegalArgumentException("a stretch of %s, %d drafts, %d bytes of features, %d of images"
                    .formatted(maxStretch, maxDrafts, featureBytes, imageBytes));
        }
    }

    /** Prefix caching, 256 MiB of features, a quarter of the heap for images, steps of any length, no speculation. */
    public EngineOptions(int maxRunning, int maxQueued, int maxStepTokens) {
        this(maxRunning, maxQueued, maxStepTokens, 0, 0, true, 256L << 20);
    }

    /** A quarter of the heap for images. */
    public EngineOptions(
            int maxRunning,
            int maxQueued,
            int maxStepTokens,
            double maxStretch,
            int maxDrafts,
            boolean prefixCaching,
            long featureBytes) {
        this(
                maxRunning,
                maxQueued,
                maxStepTokens,
                maxStretch,
                maxDrafts,
                prefixCaching,
                featureBytes,
                defaultImageBytes());
    }

    /** A quarter of the heap, where prepared images lie. */
    public static long defaultImageBytes() {
        return Runtime.getRuntime().maxMemory() / 4;
    }
}
