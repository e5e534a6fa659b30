package dev.sharegpt4v.runtime.accelerator;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Keeps captures and other work on the device apart: while one thread captures, no other may use the device, and a capture
 * that is disturbed fails. Who captures would rather run without than wait for a batch of images, but not for ever.
 */
public final class CaptureGate {

    private static final int PATIENCE = 16;

    private final ReentrantLock lock = new ReentrantLock(true);
    private int refusals;

    /** Does work during which nothing may be captured. */
    public <T> T exclude(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** Whether a capture may begin now, which {@link #endCapture} ends. Called by one thread. */
    boolean tryCapture() {
        if (lock.tryLock()) {
            refusals = 0;
            return true;
        }
        if (++refusals < PATIENCE) {
            return false;
        }
        refusals = 0;
        lock.lock();
        return true;
    }

    void endCapture() {
        lock.unlock();
    }

    /** Whether somebody waits for a capture to end. */
    boolean hasWaiting() {
        return lock.hasQueuedThreads();
    }
}
