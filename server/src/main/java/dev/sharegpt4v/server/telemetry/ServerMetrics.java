package dev.sharegpt4v.server.telemetry;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** All metrics of a server, under names that docs/metrics.md maps to vLLM's. Labels come from closed sets only. */
public final class ServerMetrics implements AutoCloseable {

    private final PrometheusMeterRegistry registry;
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final Meters meters;
    private final Map<String, ModelMetrics> models = new ConcurrentHashMap<>();
    private final boolean labelled;
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
        this.labelled = setup.labelled();
        this.exposition = new Exposition(registry, VllmNames.of(setup));
        for (String model : setup.models()) {
            meters.gauge("build", "Version and model, as labels", () -> 1, "version", setup.version(), "model", model);
        }
    }

    /** What is told of a model in memory; the same for all its loads, whose bounds are those of the first. */
    public ModelMetrics model(String name, int positions) {
        return models.computeIfAbsent(name, _ -> new ModelMetrics(metersOf(name), positions));
    }

    /** What is told of a model's loads. */
    public LoadMeters loads(String name) {
        return new LoadMeters(metersOf(name));
    }

    private Meters metersOf(String model) {
        return labelled ? new Meters(registry, Tags.of("model", model)) : meters;
    }

    /** A gauge that is 1 while requests are answered. */
    public void watchReady(BooleanSupplier ready) {
        meters.gauge("ready", "1 while requests are taken and the engine is well", () -> ready.getAsBoolean() ? 1 : 0);
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

    /** An exchange has ended. */
    public void answered(String route, int status, long nanos) {
        http.answered(route, status, nanos);
    }

    /** An exchange has ended of which nobody knows when it began. */
    public void answered(String route, int status) {
        http.answered(route, status);
    }

    /** A request was refused. */
    public void rejected(String code) {
        meters.counter("requests_rejected", "Refusals by error code", "reason", code)
                .increment();
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
