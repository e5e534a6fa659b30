package dev.sharegpt4v.server.tracing;

import java.util.List;

/**
 * Of a trace that is not exported here; its ids still say in logs what belongs together.
 *
 * @param traceId empty without tracing
 * @param spanId empty without tracing
 */
record UnsampledSpan(String traceId, String spanId) implements Span {

    @Override
    public boolean isSampled() {
        return false;
    }

    @Override
    public Span child(String name, long nanoTime) {
        return this;
    }

    @Override
    public Span put(String name, String value) {
        return this;
    }

    @Override
    public Span put(String name, long value) {
        return this;
    }

    @Override
    public Span put(String name, double value) {
        return this;
    }

    @Override
    public Span put(String name, List<String> values) {
        return this;
    }

    @Override
    public void event(String name, long nanoTime) {}

    @Override
    public void fail(String type) {}

    @Override
    public void end(long nanoTime) {}

    @Override
    public void part(String name, long from, long to) {}
}
