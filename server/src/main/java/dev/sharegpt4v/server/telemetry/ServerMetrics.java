package dev.sharegpt4v.server.telemetry;

import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.engine.EngineListener;
import dev.sharegpt4v.runtime.engine.EngineSnapshot;
import dev.sharegpt4v.runtime.engine.GenerationEvent;
import dev.sharegpt4v.runtime.engine.GenerationRequest;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** All metrics of a server, under names that docs/metrics.md maps to vLLM's. Labels come from closed sets only. */
public final class ServerMetrics implements EngineListener, AutoCloseable {

    private final PrometheusMeterRegistry registry;
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final Meters meters;
    private final EngineMeters engineMeters;
    private final ImageMeters images;
    private final HttpMeters http;
    private final Exposition exposition;

    public ServerMetrics(MetricsSetup setup) {
        this.registry = setup.exemplars()
                ? new PrometheusMeterRegistry(
                        PrometheusConfig.DEFAULT, new PrometheusRegistry(), Clock.SYSTEM, new Exemplars())
                : new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        this.meters = new Meters(registry);
        this.http = new HttpMeters(meters);
        // In nanoseconds; Prometheus' own clients have it in seconds.
        registry.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
        // Ends as only a histogram's part may.
        registry.config().meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
        meters.gauge("processors", "Processors that the process may use", Runtime.getRuntime()::availableProcessors);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        gc.bindTo(registry);
        ProcessMemory.bind(registry);
        this.engineMeters = new EngineMeters(meters, setup.positions());
        this.images = new ImageMeters(meters);
        this.exposition = new Exposition(registry, VllmNames.of(setup));
        meters.gauge(
                "build", "Version and model, as labels", () -> 1, "version", setup.version(), "model", setup.model());
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
        meters.gauge(
                "kv_cache_config",
                "Layout of the KV cache, as labels",
                () -> 1,
                "block_size",
                Integer.toString(blockSize),
                "blocks",
                Integer.toString(blocks));
    }

    /** A gauge that is 1 while requests are answered. */
    public void watchReady(BooleanSupplier ready) {
        meters.gauge("ready", "1 while requests are taken and the engine is well", () -> ready.getAsBoolean() ? 1 : 0);
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
        meters.gauge(name + "_bytes", description, bytes::getAsLong);
        meters.gauge(name + "_limit_bytes", "Bytes at most: " + description, () -> limit);
    }

    /** A gauge over something that is counted. */
    public void watchCount(String name, String description, LongSupplier count) {
        meters.gauge(name, description, count::getAsLong);
    }

    /** A gauge over something of any size. */
    public void watchSize(String name, String description, LongSupplier size) {
        meters.gauge(name, description, size::getAsLong);
    }

    /** The text that a scraper reads who asks for nothing else. */
    public String scrape() {
        return exposition.page("").text();
    }

    /**
     * The text that a scraper reads.
     *
     * @param accept what it understands, as its header says; OpenMetrics where that is named, else Prometheus' text
     */
    public Exposition.Page scrape(String accept) {
        return exposition.page(accept);
    }

    /** What happens to images before they are encoded. */
    public ImageMeters images() {
        return images;
    }

    /** An exchange has ended. */
    public void answered(String route, int status, long nanos) {
        http.answered(route, status, nanos);
    }

    /** A request was refused. */
    public void rejected(String code) {
        meters.counter("requests_rejected", "Refusals by error code", "reason", code)
                .increment();
    }

    @Override
    public void stepCommitted(StepReport report) {
        engineMeters.stepCommitted(report);
    }

    @Override
    public void tokenAfter(GenerationRequest request, long nanos) {
        engineMeters.tokenAfter(request, nanos);
    }

    @Override
    public void imagesEncoded(int count, long nanos) {
        engineMeters.imagesEncoded(count, nanos);
    }

    @Override
    public void finished(GenerationRequest request, GenerationEvent.Finished end) {
        engineMeters.finished(request, end);
    }

    @Override
    public void failed(GenerationRequest request, EngineException cause) {
        engineMeters.failed(request, cause);
    }

    @Override
    public void preempted(GenerationRequest request) {
        engineMeters.preempted(request);
    }

    private void gauge(
            String name, String description, Supplier<EngineSnapshot> engine, ToDoubleFunction<EngineSnapshot> value) {
        meters.gauge(name, description, () -> value.applyAsDouble(engine.get()));
    }

    private void count(
            String name, String description, Supplier<EngineSnapshot> engine, ToDoubleFunction<EngineSnapshot> value) {
        meters.counting(name, description, () -> value.applyAsDouble(engine.get()));
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
