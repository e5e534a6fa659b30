package dev.sharegpt4v.runtime.engine;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes of prepared images that live requests hold, up to a limit. Thread-safe. */
final class ImageBudget {

    private final long limit;
    private final AtomicLong held = new AtomicLong();

    ImageBudget(long limit) {
        this.limit = limit;
    }

    /** Bytes of a request's images, as if it shared none with others. */
    static long bytes(GenerationRequest request) {
        long values = 0;
        for (ImageSpan span : request.prompt().images()) {
            values += span.image().values().length;
        }
        return values * Float.BYTES;
    }

    /** Takes so many bytes, or none when the limit does not allow them. */
    boolean take(long bytes) {
        if (held.addAndGet(bytes) <= limit) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    void giveBack(long bytes) {
        held.addAndGet(-bytes);
    }

    long held() {
        return held.get();
    }
}
