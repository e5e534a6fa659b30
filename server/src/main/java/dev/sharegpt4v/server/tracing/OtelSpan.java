package dev.sharegpt4v.server.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A span of the SDK's that is exported.
 *
 * @param tracer makes its parts
 * @param clock of its trace
 */
record OtelSpan(io.opentelemetry.api.trace.Span span, Tracer tracer, TraceClock clock) implements Span {

    /** What to do with a span that the SDK has begun. */
    static Span of(io.opentelemetry.api.trace.Span span, Tracer tracer, TraceClock clock) {
        SpanContext context = span.getSpanContext();
        return span.isRecording() && context.isSampled()
                ? new OtelSpan(span, tracer, clock)
                : new UnsampledSpan(context.getTraceId(), context.getSpanId());
    }

    @Override
    public String traceId() {
        return span.getSpanContext().getTraceId();
    }

    @Override
    public String spanId() {
        return span.getSpanContext().getSpanId();
    }

    @Override
    public boolean isSampled() {
        return true;
    }

    @Override
    public Span child(String name, long nanoTime) {
        return of(
                tracer.spanBuilder(name)
                        .setParent(Context.root().with(span))
                        .setStartTimestamp(clock.at(nanoTime), TimeUnit.NANOSECONDS)
                        .startSpan(),
                tracer,
                clock);
    }

    @Override
    public void part(String name, long from, long to) {
        child(name, from).end(to);
    }

    @Override
    public Span put(String name, String value) {
        span.setAttribute(name, value);
        return this;
    }

    @Override
    public Span put(String name, long value) {
        span.setAttribute(name, value);
        return this;
    }

    @Override
    public Span put(String name, double value) {
        span.setAttribute(name, value);
        return this;
    }

    @Override
    public Span put(String name, List<String> values) {
        span.setAttribute(AttributeKey.stringArrayKey(name), values);
        return this;
    }

    @Override
    public void event(String name, long nanoTime) {
        span.addEvent(name, clock.at(nanoTime), TimeUnit.NANOSECONDS);
    }

    @Override
    public void fail(String type) {
        span.setAttribute("error.type", type);
        span.setStatus(StatusCode.ERROR);
    }

    @Override
    public void end(long nanoTime) {
        span.end(clock.at(nanoTime), TimeUnit.NANOSECONDS);
    }
}
