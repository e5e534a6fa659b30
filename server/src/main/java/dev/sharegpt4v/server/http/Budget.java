package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.openai.ApiException;
import java.util.concurrent.atomic.AtomicBoolean;

/** An amount of something that requests under way may hold together. Thread-safe. */
final class Budget {

    private final String what;
    private long limit;
    private long taken;

    /** A budget of so many; {@code what} names them in answers, in the plural. */
    Budget(String what, long limit) {
        this.what = what;
        this.limit = limit;
    }

    /** What is held now. */
    synchronized long taken() {
        return taken;
    }

    /** What may be held. */
    synchronized long limit() {
        return limit;
    }

    /** From now on so much may be held; what is held stays. */
    synchronized void limit(long other) {
        limit = other;
    }

    /**
     * Takes an amount until the place is closed.
     *
     * @throws ApiException 429 when others hold too much of it now; 400 naming {@code param} when it never fits
     */
    synchronized AdmissionGate.Place take(long amount, String param) {
        if (amount > limit) {
            throw ApiException.invalid(
                    param,
                    "This request may take %d %s, and the server admits %d at one time."
                            .formatted(amount, what, limit));
        }
        if (amount > limit - taken) {
            throw ApiException.overloaded(
                    "The server has as many %s under way as it can take; try again.".formatted(what));
        }
        taken += amount;
        AtomicBoolean open = new AtomicBoolean(true);
        return () -> {
            if (open.getAndSet(false)) {
                giveBack(amount);
            }
        };
    }

    private synchronized void giveBack(long amount) {
        taken -= amount;
    }
}
