package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.openai.ApiException;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/** Bounds the requests under way; one more is refused at once and told when to come again. */
final class AdmissionGate {

    private final Semaphore places;
    private final int most;
    private final BooleanSupplier open;

    AdmissionGate(int places, BooleanSupplier open) {
        this.places = new Semaphore(places);
        this.most = places;
        this.open = open;
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

    Place enter() {
        if (!open.getAsBoolean()) {
            throw ApiException.unavailable("shutting_down", "The server takes no more requests.");
        }
        if (!places.tryAcquire()) {
            throw ApiException.overloaded("The server has as many requests as it can take; try again.");
        }
        return places::release;
    }
}
