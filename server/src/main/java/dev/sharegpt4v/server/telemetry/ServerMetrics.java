package dev.sharegpt4v.server.telemetry;

import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.engine.EngineListener;
import dev.sharegpt4v.runtime.engine.EngineSnapshot;
import dev.sharegpt4v.runtime.engine.GenerationEvent;
import dev.sharegpt4v.runtime.engine.GenerationRequest;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** All metrics of a server, under names that docs/metrics.md maps to vLLM's. Labels come from closed sets only. */
public final class ServerMetrics implements EngineListener, AutoCloseable {

    private static final Duration[] LATENCIES = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(20),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        Duration.ofSeconds(120),
        Duration.ofSeconds(300)
    };

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final Counter promptTokens = counter("prompt_tokens", "Prompt positions of finished requests");
    private final Counter imageTokens = counter("image_tokens", "Of them, positions of images");
    private final Counter cachedTokens = counter("prompt_tokens_cached", "Of them, positions found in the cache");
    private final Counter generationTokens = counter("generation_tokens", "Sampled tokens");
    private final Counter preemptions = counter("preemptions", "Sequences that lost their blocks");
    private final Counter imagesEncoded = counter("images_encoded", "Images run through the vision tower");
    private final Timer firstToken = timer("time_to_first_token", "From submission to the first token");
    private final Timer perToken = timer("time_per_output_token", "Mean time per token after the first, per request");
    private final Timer total = timer("e2e_request_latency", "From submission to the end");
    private final Timer queue = timer("request_queue_time", "From submission to the first step");
    private final Timer encode = timer("image_encode", "One batch of images through the vision tower");
    private final Timer prepare = timer("image_prepare", "Decoding and preprocessing of one image");
    private final Timer step = timer("step_duration", "One step of the engine");
    private final DistributionSummary sequences = DistributionSummary.builder("sharegpt4v_step_sequences")
            .description("Sequences that share a step")
            .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128)
            .register(registry);

    public ServerMetrics(String version, String model) {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        gc.bindTo(registry);
        ProcessMemory.bind(registry);
        Gauge.builder("sharegpt4v_build", () -> 1)
                .tag("version", version)
                .tag("model", model)
                .description("Version and model, as labels")
                .register(registry);
    }

    /** Gauges over the engine's state. */
    public void watch(Supplier<EngineSnapshot> engine) {
        gauge("requests_running", "Sequences with KV blocks", engine, EngineSnapshot::running);
        gauge("requests_waiting", "Requests without KV blocks", engine, EngineSnapshot::waiting);
        gauge("images_encoding", "Images queued for or under encoding", engine, EngineSnapshot::encoding);
        gauge("kv_blocks_used", "KV blocks held", engine, EngineSnapshot::usedBlocks);
        gauge("kv_blocks_cached", "KV blocks kept for later requests", engine, EngineSnapshot::cachedBlocks);
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

    /**
     * Gauges over something that keeps memory: {@code …_bytes} in use and {@code …_limit_bytes}, which they never exceed.
     *
     * @param name without unit
     * @param bytes in use now
     */
    public void watchBytes(String name, String description, LongSupplier bytes, long limit) {
        if (registry.find("sharegpt4v_" + name + "_bytes").meter() != null) {
            // The registry would keep the first one and drop this one in silence.
            throw new IllegalStateException("two gauges are named " + name + ". This is a bug.");
        }
        Gauge.builder("sharegpt4v_" + name + "_bytes", bytes::getAsLong)
                .description(description)
                .register(registry);
        Gauge.builder("sharegpt4v_" + name + "_limit_bytes", () -> limit)
                .description("Bytes at most: " + description)
                .register(registry);
    }

    /** A gauge over something that is counted. */
    public void watchCount(String name, String description, LongSupplier count) {
        Gauge.builder("sharegpt4v_" + name, count::getAsLong)
                .description(description)
                .register(registry);
    }

    /** A gauge over something of any size. */
    public void watchSize(String name, String description, LongSupplier size) {
        Gauge.builder("sharegpt4v_" + name, size::getAsLong)
                .description(description)
                .register(registry);
    }

    /** The text that a scraper reads. */
    public String scrape() {
        return registry.scrape();
    }

    /** An exchange has ended. */
    public void answered(String route, int status) {
        registry.counter("sharegpt4v_http_responses", "route", route, "status", Integer.toString(status))
                .increment();
    }

    /** A request was refused. */
    public void rejected(String code) {
        registry.counter("sharegpt4v_requests_rejected", "reason", code).increment();
    }

    /** An image was decoded and prepared. */
    public void imagePrepared(String format, long nanos) {
        prepare.record(Duration.ofNanos(nanos));
        registry.counter("sharegpt4v_images", "format", format).increment();
    }

    @Override
    public void stepCommitted(StepReport report) {
        step.record(Duration.ofNanos(report.nanos()));
        sequences.record(report.sequences());
    }

    @Override
    public void imagesEncoded(int images, long nanos) {
        encode.record(Duration.ofNanos(nanos));
        imagesEncoded.increment(images);
    }

    @Override
    public void finished(GenerationRequest request, GenerationEvent.Finished end) {
        promptTokens.increment(end.usage().promptTokens());
        imageTokens.increment(end.usage().imageTokens());
        cachedTokens.increment(end.usage().cachedTokens());
        generationTokens.increment(end.usage().completionTokens());
        queue.record(Duration.ofNanos(end.timings().queueNanos()));
        total.record(Duration.ofNanos(end.timings().totalNanos()));
        int tokens = end.usage().completionTokens();
        if (tokens > 0) {
            firstToken.record(Duration.ofNanos(end.timings().firstTokenNanos()));
        }
        if (tokens > 1) {
            long rest = end.timings().totalNanos() - end.timings().firstTokenNanos();
            perToken.record(Duration.ofNanos(rest / (tokens - 1)));
        }
        outcome(
                switch (end.reason()) {
                    case STOP -> "stop";
                    case LENGTH -> "length";
                    case REPETITION -> "repetition";
                    case TIMEOUT -> "timeout";
                    case CANCELLED -> "cancelled";
                });
    }

    @Override
    public void failed(GenerationRequest request, EngineException cause) {
        outcome("failed");
    }

    @Override
    public void preempted(GenerationRequest request) {
        preemptions.increment();
    }

    private void outcome(String outcome) {
        registry.counter("sharegpt4v_requests", "outcome", outcome).increment();
    }

    private Counter counter(String name, String description) {
        return Counter.builder("sharegpt4v_" + name).description(description).register(registry);
    }

    private Timer timer(String name, String description) {
        return Timer.builder("sharegpt4v_" + name)
                .description(description)
                .serviceLevelObjectives(LATENCIES)
                .register(registry);
    }

    private void gauge(
            String name, String description, Supplier<EngineSnapshot> engine, ToDoubleFunction<EngineSnapshot> value) {
        Gauge.builder("sharegpt4v_" + name, () -> value.applyAsDouble(engine.get()))
                .description(description)
                .register(registry);
    }

    private void count(
            String name, String description, Supplier<EngineSnapshot> engine, ToDoubleFunction<EngineSnapshot> value) {
        FunctionCounter.builder("sharegpt4v_" + name, engine, state -> value.applyAsDouble(state.get()))
                .description(description)
                .register(registry);
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
