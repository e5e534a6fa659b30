package dev.sharegpt4v.models.image;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps the memory of preparations that have ended, one per processor and of ordinary size at the most. */
final class ScratchPool {

    /** A photograph of twelve megapixels fits; what a larger one took is dropped after it. */
    private static final long MOST_BYTES = 64L << 20;

    private static final int MOST = Runtime.getRuntime().availableProcessors();

    private final ConcurrentLinkedDeque<ImageScratch> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    /** Bytes of all idle memory at most. */
    static long limit() {
        return MOST * MOST_BYTES;
    }

    /** Bytes of all idle memory. */
    long bytes() {
        return bytes.get();
    }

    ImageScratch take() {
        ImageScratch scratch = idle.pollFirst();
        if (scratch == null) {
            return new ImageScratch();
        }
        count.decrementAndGet();
        bytes.addAndGet(-scratch.size());
        return scratch;
    }

    void giveBack(ImageScratch scratch) {
        if (scratch.size() > MOST_BYTES) {
            return;
        }
        if (count.incrementAndGet() > MOST) {
            count.decrementAndGet();
        } else {
            bytes.addAndGet(scratch.size());
            idle.addFirst(scratch);
        }
    }
}
