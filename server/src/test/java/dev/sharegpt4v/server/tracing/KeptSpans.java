package dev.sharegpt4v.server.tracing;

import dev.sharegpt4v.server.testing.Eventually;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Keeps spans as they end. */
public final class KeptSpans implements SpanExporter {

    private final List<SpanData> ended = new CopyOnWriteArrayList<>();

    /** Traces whose spans are kept here, sampled as by default. */
    public Tracing tracing() {
        return tracing(Sampler.parentBased(Sampler.alwaysOn()));
    }

    Tracing tracing(Sampler sampler) {
        return new OtelTracing(
                OpenTelemetrySdk.builder()
                        .setTracerProvider(SdkTracerProvider.builder()
                                .setSampler(sampler)
                                .addSpanProcessor(SimpleSpanProcessor.create(this))
                                .build())
                        .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                        .build(),
                "0");
    }

    /** All that ended, the earliest end first. */
    public List<SpanData> ended() {
        return List.copyOf(ended);
    }

    /** Those of a name. */
    public List<SpanData> named(String name) {
        return ended.stream().filter(span -> span.getName().equals(name)).toList();
    }

    /** Waits for a span of this name; the last one. */
    public SpanData await(String name) throws InterruptedException {
        Eventually.holds(name + " ends", () -> !named(name).isEmpty());
        return named(name).getLast();
    }

    /** The spans right below another, the earliest start first. */
    public List<SpanData> below(SpanData parent) {
        return ended.stream()
                .filter(span -> span.getParentSpanId().equals(parent.getSpanId()))
                .sorted((one, other) -> Long.compare(one.getStartEpochNanos(), other.getStartEpochNanos()))
                .toList();
    }

    /** A text among a span's facts. */
    public static @Nullable String text(SpanData span, String name) {
        return span.getAttributes().get(AttributeKey.stringKey(name));
    }

    /** A number among a span's facts. */
    public static @Nullable Long number(SpanData span, String name) {
        return span.getAttributes().get(AttributeKey.longKey(name));
    }

    /** A measure among a span's facts. */
    public static @Nullable Double measure(SpanData span, String name) {
        return span.getAttributes().get(AttributeKey.doubleKey(name));
    }

    /** A list among a span's facts. */
    public static @Nullable List<String> list(SpanData span, String name) {
        return span.getAttributes().get(AttributeKey.stringArrayKey(name));
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        ended.addAll(spans);
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
        return CompletableResultCode.ofSuccess();
    }
}
