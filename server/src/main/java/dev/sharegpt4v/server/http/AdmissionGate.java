package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.openai.ApiException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Bounds the requests under way, and what they take together; more is refused at once and told when to come again. */
final class AdmissionGate {

    private final Places places;
    private volatile int most;
    private final Budget tokens;
    private final Budget pixels;
    private final BooleanSupplier open;

    AdmissionGate(int places, AdmissionLimits limits, BooleanSupplier open) {
        this.places = new Places(places);
        this.most = places;
        this.tokens = new Budget("tokens", limits.tokens());
        this.pixels = new Budget("pixels", limits.pixels());
        this.open = open;
    }

    /** Places of which some can be taken away; those in use go when they are given back. */
    private static final class Places extends Semaphore {
        private static final long serialVersionUID = 1L;

        Places(int permits) {
            super(permits);
        }

        void takeAway(int count) {
            reducePermits(count);
        }
    }

    /** From now on there are so many places, and so much may be taken; who is in stays. */
    synchronized void change(int to, AdmissionLimits limits) {
        int before = most;
        most = to;
        if (to > before) {
            places.release(to - before);
        } else {
            places.takeAway(before - to);
        }
        tokens.limit(limits.tokens());
        pixels.limit(limits.pixels());
    }

    /** A gate without bounds, for those whose caller bounds them. */
    AdmissionGate unbounded() {
        return new AdmissionGate(Integer.MAX_VALUE, new AdmissionLimits(Long.MAX_VALUE, Long.MAX_VALUE), open);
    }

    /** A place that must be closed. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /** Places that are taken. */
    int taken() {
        return most - places.availablePermits();
    }

    /** Tokens of prompts, and of completions at their most. */
    Budget tokens() {
        return tokens;
    }

    /** Pixels of pictures that are decoded or wait for it. */
    Budget pixels() {
        return pixels;
    }

    Place enter() {
        boolean taken = places.tryAcquire();
        // Asked after the place was taken: who drains waits for all that were taken before.
        if (!open.getAsBoolean()) {
            if (taken) {
                places.release();
            }
            throw ApiException.unavailable("shutting_down", "The server takes no more requests.");
        }
        if (!taken) {
            throw ApiException.overloaded("The server has as many requests as it can take; try again.");
        }
        return places::release;
    }

    /** Waits for the end of all requests of a gate that no longer opens; false when they take longer. */
    boolean awaitEmpty(Duration patience) throws InterruptedException {
        return places.tryAcquire(most, patience.toNanos(), TimeUnit.NANOSECONDS);
    }
}
