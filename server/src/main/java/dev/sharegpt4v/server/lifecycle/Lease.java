package dev.sharegpt4v.server.lifecycle;

import java.util.concurrent.atomic.AtomicBoolean;

/** The use of a model by one request; the model stays in memory until it is closed. Thread-safe. */
public final class Lease<M> implements AutoCloseable {

    private final M model;
    private final Runnable end;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Lease(M model, Runnable end) {
        this.model = model;
        this.end = end;
    }

    public M model() {
        return model;
    }

    @Override
    public void close() {
        if (open.getAndSet(false)) {
            end.run();
        }
    }
}
