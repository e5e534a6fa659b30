package dev.sharegpt4v.models.image;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps the memory of preparations that have ended, one per processor and of ordinary size at the most. */
final class ScratchPool {

    /** A photograph of twelve megapixels fits; what a larger one took is freed after it. */
    private static final long MOST_BYTES = 64L << 20;

    private static final int MOST = Runtime.getRuntime().availableProcessors();

    private final ConcurrentLinkedDeque<ImageScratch> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger count = new AtomicInteger();

    ImageScratch take() {
        ImageScratch scratch = idle.pollFirst();
        if (scratch == null) {
            return new ImageScratch();
        }
        count.decrementAndGet();
        return scratch;
    }

    void giveBack(ImageScratch scratch) {
        if (scratch.size() > MOST_BYTES) {
            scratch.close();
        } else if (count.incrementAndGet() > MOST) {
            count.decrementAndGet();
            scratch.close();
        } else {
            idle.addFirst(scratch);
        }
    }
}
