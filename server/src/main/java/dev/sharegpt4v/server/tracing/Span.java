package dev.sharegpt4v.server.tracing;

import java.util.List;

/**
 * The work on one request, or a part of it, as a trace shows it. Moments are values of {@link System#nanoTime()}. What is put
 * into it is never a prompt, a picture, a key or a URL's query. Thread-safe.
 */
public interface Span {

    /** Leads nowhere. */
    Span NONE = new UnsampledSpan("", "");

    /** The span of the request that a thread serves, or whose figures it records. */
    ScopedValue<Span> CURRENT = ScopedValue.newInstance();

    /** The span of the request that the thread serves; {@link #NONE} outside of requests. */
    static Span current() {
        return CURRENT.orElse(NONE);
    }

    /** 32 hexadecimal digits; empty without tracing. */
    String traceId();

    /** 16 hexadecimal digits; empty without tracing. */
    String spanId();

    /** Whether it will be exported. */
    boolean isSampled();

    /** Begins a part. */
    Span child(String name, long nanoTime);

    /** Adds a fact; dropped after the end. */
    Span put(String name, String value);

    /** Adds a fact. */
    Span put(String name, long value);

    /** Adds a fact. */
    Span put(String name, double value);

    /** Adds a fact that is a list. */
    Span put(String name, List<String> values);

    /** Something happened at a moment. */
    void event(String name, long nanoTime);

    /** It failed; {@code type} is from a closed set. */
    void fail(String type);

    /** Ends it; at most once. */
    void end(long nanoTime);

    /** A part that is over. */
    void part(String name, long from, long to);
}
