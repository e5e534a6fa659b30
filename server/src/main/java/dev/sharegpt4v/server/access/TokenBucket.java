package dev.sharegpt4v.server.access;

import java.time.Duration;

/**
 * So many requests a minute: a bucket that is full at first, loses a token with each request and fills evenly. Not
 * thread-safe.
 */
final class TokenBucket {

    private static final double MINUTE = 60e9;

    private final int size;
    private double tokens;
    private long last;

    TokenBucket(int perMinute, long now) {
        this.size = perMinute;
        this.tokens = perMinute;
        this.last = now;
    }

    int size() {
        return size;
    }

    private void fill(long now) {
        tokens = Math.min(size, tokens + (now - last) / MINUTE * size);
        last = now;
    }

    /** Takes a token if there is one. */
    boolean take(long now) {
        fill(now);
        // What was added up in pieces may lack the last bit of a whole.
        if (tokens < 1 - 1e-9) {
            return false;
        }
        tokens = Math.max(0, tokens - 1);
        return true;
    }

    int left() {
        return (int) tokens;
    }

    /** Until there is a token. */
    Duration untilNext() {
        return after(1 - tokens);
    }

    /** Until it is full. */
    Duration untilFull() {
        return after(size - tokens);
    }

    private Duration after(double missing) {
        return missing <= 0 ? Duration.ZERO : Duration.ofNanos((long) Math.ceil(missing * MINUTE / size));
    }
}
