package dev.sharegpt4v.server.tracing;

import java.time.Instant;

/**
 * One moment by two clocks: durations within a trace come from the one that never jumps.
 *
 * @param epochNanos since 1970
 * @param nanoTime of {@link System#nanoTime()}
 */
record TraceClock(long epochNanos, long nanoTime) {

    private static final long SECOND = 1_000_000_000L;

    static TraceClock now() {
        Instant now = Instant.now();
        return new TraceClock(now.getEpochSecond() * SECOND + now.getNano(), System.nanoTime());
    }

    /** Nanoseconds since 1970 of another moment. */
    long at(long other) {
        return epochNanos + (other - nanoTime);
    }
}
