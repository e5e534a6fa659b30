package dev.sharegpt4v.server.media;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Bounds downloads in all and of each host. Thread-safe. */
final class DownloadSlots {

    private final int most;
    private final int mostPerHost;
    private final Map<String, Integer> taken = new HashMap<>();
    private int all;

    DownloadSlots(int most, int mostPerHost) {
        this.most = most;
        this.mostPerHost = mostPerHost;
    }

    /**
     * Waits for a place.
     *
     * @param deadline on {@link System#nanoTime()}'s clock
     * @throws FetchException when none became free in time
     */
    synchronized void acquire(String host, long deadline) throws InterruptedException {
        while (all >= most || taken.getOrDefault(host, 0) >= mostPerHost) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new FetchException(FetchException.Kind.BUSY, "too many images are being fetched; try again");
            }
            wait(left);
        }
        all++;
        taken.merge(host, 1, Integer::sum);
    }

    synchronized void release(String host) {
        all--;
        taken.computeIfPresent(host, (_, count) -> count == 1 ? null : count - 1);
        notifyAll();
    }

    /** Places that are taken. */
    synchronized int taken() {
        return all;
    }
}
