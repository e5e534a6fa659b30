package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.media.ImageSources;

/**
 * What the models of a server share of the way of images.
 *
 * @param live limits of an image
 * @param sources of images that a request only names
 * @param pixels that may be decoded or wait for it
 * @param decoding threads for it
 * @param keptBytes of prepared images that each model may keep, and once more of named ones
 */
record ImageWork(LiveLimits live, ImageSources sources, Budget pixels, CpuWork decoding, long keptBytes) {

    /** Some fifty pictures of 336 by 336 pixels. */
    private static final long KEPT_BYTES = 64L << 20;

    /** For so many models, which share the memory for what is kept in equal parts. */
    static ImageWork of(LiveLimits live, ImageSources sources, Budget pixels, int models) {
        CpuWork decoding = new CpuWork("decode", live.now().maxDecoding());
        return new ImageWork(live, sources, pixels, decoding, KEPT_BYTES / models);
    }
}
