package dev.sharegpt4v.server.bench.chaos;

import java.time.Duration;

/**
 * How much chaos.
 *
 * @param duration of the load
 * @param clients that are busy at the same time
 * @param pictures different ones
 * @param burst requests that come at once, now and then
 * @param repeatShare of the requests with pictures that show one again
 * @param textShare of requests without pictures
 * @param seed of everything that is drawn
 */
public record ChaosPlan(
        Duration duration, int clients, int pictures, int burst, double repeatShare, double textShare, long seed) {

    /** Bursts in the whole time. */
    static final int BURSTS = 10;

    public ChaosPlan {
        if (duration.isNegative() || duration.isZero() || clients < 1 || pictures < 1 || burst < 0) {
            throw new IllegalArgumentException("a duration of %s, %d clients, %d pictures, bursts of %d"
                    .formatted(duration, clients, pictures, burst));
        }
    }
}
