package dev.sharegpt4v.server.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Whether a model is in memory, and how it came there. */
public final class LoadMeters {

    private static final String LOADS = "Loads of the model by how they ended";

    private final Meters meters;
    private final Timer time;
    private final Counter loaded;
    private final Counter failed;

    LoadMeters(Meters meters) {
        this.meters = meters;
        this.time = meters.timer("model_load", "From the start of a load until the model answers", Buckets.LOAD);
        this.loaded = meters.counter("model_loads", LOADS, "outcome", "loaded");
        this.failed = meters.counter("model_loads", LOADS, "outcome", "failed");
    }

    /** A gauge that is 1 while the model is in memory. */
    public void watch(BooleanSupplier inMemory) {
        meters.gauge("model_loaded", "1 while the model is in memory", () -> inMemory.getAsBoolean() ? 1 : 0);
    }

    /** A load took so long. */
    public void loaded(long nanos) {
        loaded.increment();
        time.record(Duration.ofNanos(nanos));
    }

    /** A load failed. */
    public void failed() {
        failed.increment();
    }
}
