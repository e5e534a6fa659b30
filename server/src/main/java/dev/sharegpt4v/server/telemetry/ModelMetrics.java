package dev.sharegpt4v.server.telemetry;

import dev.sharegpt4v.runtime.engine.EngineListener;
import dev.sharegpt4v.runtime.engine.EngineSnapshot;
import io.micrometer.core.instrument.Meter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What is told of one model. What it counts lasts as long as the server; what looks at the model itself is there while that
 * is in memory, until {@link #forget()}.
 */
public final class ModelMetrics {

    private final Meters meters;
    private final EngineMeters engineMeters;
    private final ImageMeters images;
    private final List<Meter> looking = new ArrayList<>();

    ModelMetrics(Meters meters, int positions) {
        this.meters = meters;
        this.engineMeters = new EngineMeters(meters, positions);
        this.images = new ImageMeters(meters);
    }

    /** Counts what its engine tells. */
    public EngineListener engine() {
        return engineMeters;
    }

    /** What happens to images before they are encoded. */
    public ImageMeters images() {
        return images;
    }

    /** Gauges over the engine's state. */
    public void watch(Supplier<EngineSnapshot> engine) {
        gauge("requests_running", "Sequences with KV blocks", engine, EngineSnapshot::running);
        gauge("requests_waiting", "Requests without KV blocks", engine, EngineSnapshot::waiting);
        gauge("images_encoding", "Images queued for or under encoding", engine, EngineSnapshot::encoding);
        gauge("kv_blocks_used", "KV blocks held", engine, EngineSnapshot::usedBlocks);
        gauge("kv_blocks_cached", "KV blocks kept for later requests", engine, EngineSnapshot::cachedBlocks);
        gauge(
                "kv_blocks_free",
                "KV blocks that hold nothing",
                engine,
                state -> (double) state.totalBlocks() - state.usedBlocks() - state.cachedBlocks());
        gauge("kv_blocks_capacity", "KV blocks there are", engine, EngineSnapshot::totalBlocks);
        gauge(
                "kv_cache_usage_ratio",
                "Share of KV blocks held",
                engine,
                state -> (double) state.usedBlocks() / state.totalBlocks());
        gauge(
                "image_features_bytes",
                "Image features that live requests need",
                engine,
                state -> state.caches().featureBytes() - state.caches().idleFeatureBytes());
        count(
                "prefix_cache_queries",
                "Prompt positions looked up in the prefix cache",
                engine,
                state -> state.caches().promptTokens());
        count(
                "prefix_cache_hits",
                "Of them, positions found",
                engine,
                state -> state.caches().cachedTokens());
        count(
                "encoder_cache_hits",
                "Images whose features were there or on their way",
                engine,
                state -> state.caches().imageHits());
        count(
                "encoder_cache_misses",
                "Images that had to be encoded",
                engine,
                state -> state.caches().imageMisses());
        count(
                "draft_tokens",
                "Tokens guessed ahead of streams",
                engine,
                state -> state.guesses().guessed());
        count(
                "draft_tokens_accepted",
                "Of them, those that came true",
                engine,
                state -> state.guesses().accepted());
    }

    /** How the KV cache is laid out, as labels. */
    public void cacheConfig(int blockSize, int blocks) {
        keep(meters.gauge(
                "kv_cache_config",
                "Layout of the KV cache, as labels",
                () -> 1,
                "block_size",
                Integer.toString(blockSize),
                "blocks",
                Integer.toString(blocks)));
    }

    /**
     * Gauges over something that keeps memory: {@code …_bytes} in use and {@code …_limit_bytes}, which they never exceed.
     *
     * @param name without unit
     * @param bytes in use now
     */
    public void watchBytes(String name, String description, LongSupplier bytes, long limit) {
        if (meters.has(name + "_bytes")) {
            // The registry would keep the first one and drop this one in silence.
            throw new IllegalStateException("two gauges are named " + name + ". This is a bug.");
        }
        keep(meters.gauge(name + "_bytes", description, bytes::getAsLong));
        keep(meters.gauge(name + "_limit_bytes", "Bytes at most: " + description, () -> limit));
    }

    private void gauge(
            String name, String description, Supplier<EngineSnapshot> engine, ToDoubleFunction<EngineSnapshot> value) {
        keep(meters.gauge(name, description, () -> value.applyAsDouble(engine.get())));
    }

    private void count(
            String name, String description, Supplier<EngineSnapshot> engine, ToDoubleFunction<EngineSnapshot> value) {
        keep(meters.counting(name, description, () -> value.applyAsDouble(engine.get())));
    }

    private synchronized void keep(Meter meter) {
        looking.add(meter);
    }

    /** The model is no longer in memory: nothing is told of its state until it is watched again. */
    public synchronized void forget() {
        looking.forEach(meters.registry()::remove);
        looking.clear();
    }
}
