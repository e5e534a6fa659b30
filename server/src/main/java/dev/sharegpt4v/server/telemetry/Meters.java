package dev.sharegpt4v.server.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.DoubleSupplier;

/**
 * Makes meters with the prefix that all of ours have. Labels are pairs of names and values.
 *
 * @param common labels that all of them have
 */
record Meters(MeterRegistry registry, Tags common) {

    private static final String PREFIX = "sharegpt4v_";

    Meters(MeterRegistry registry) {
        this(registry, Tags.empty());
    }

    Counter counter(String name, String description, String... labels) {
        return Counter.builder(PREFIX + name)
                .description(description)
                .tags(common.and(labels))
                .register(registry);
    }

    /** A counter over something that counts itself. */
    Meter counting(String name, String description, DoubleSupplier value, String... labels) {
        // The registry's reference to its subject is weak; that to the function is not.
        return FunctionCounter.builder(PREFIX + name, registry, _ -> value.getAsDouble())
                .description(description)
                .tags(common.and(labels))
                .register(registry);
    }

    Meter gauge(String name, String description, DoubleSupplier value, String... labels) {
        return Gauge.builder(PREFIX + name, value::getAsDouble)
                .description(description)
                .tags(common.and(labels))
                .register(registry);
    }

    /** A histogram of times. */
    Timer timer(String name, String description, double[] seconds, String... labels) {
        return Timer.builder(PREFIX + name)
                .description(description)
                .tags(common.and(labels))
                .serviceLevelObjectives(Arrays.stream(seconds)
                        .mapToObj(bound -> Duration.ofNanos(Math.round(bound * 1e9)))
                        .toArray(Duration[]::new))
                .register(registry);
    }

    /** A histogram of anything else. */
    DistributionSummary summary(String name, String description, double[] bounds, String... labels) {
        return DistributionSummary.builder(PREFIX + name)
                .description(description)
                .tags(common.and(labels))
                .serviceLevelObjectives(bounds)
                .register(registry);
    }

    boolean has(String name) {
        return registry.find(PREFIX + name).tags(common).meter() != null;
    }
}
