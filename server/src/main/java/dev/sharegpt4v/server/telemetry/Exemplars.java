package dev.sharegpt4v.server.telemetry;

import dev.sharegpt4v.server.tracing.Span;
import io.prometheus.metrics.tracer.common.SpanContext;
import org.jspecify.annotations.Nullable;

/** Names for each figure the span of the request that gives it, where that is exported. */
final class Exemplars implements SpanContext {

    @Override
    public @Nullable String getCurrentTraceId() {
        return isCurrentSpanSampled() ? Span.current().traceId() : null;
    }

    @Override
    public @Nullable String getCurrentSpanId() {
        return isCurrentSpanSampled() ? Span.current().spanId() : null;
    }

    @Override
    public boolean isCurrentSpanSampled() {
        return Span.current().isSampled();
    }

    @Override
    public void markCurrentSpanAsExemplar() {
        // Every span that is sampled is exported.
    }
}
