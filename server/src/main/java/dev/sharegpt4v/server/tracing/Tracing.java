package dev.sharegpt4v.server.tracing;

import dev.sharegpt4v.runtime.engine.EngineListener;
import dev.sharegpt4v.runtime.engine.GenerationRequest;
import java.time.Duration;
import java.util.List;

/** Makes the spans of a server and sends them away. Thread-safe. */
public interface Tracing {

    /** No spans. */
    Tracing OFF = new NoTracing();

    /** Values of a request's header, in their order. */
    interface Headers {
        List<String> values(String name);
    }

    /**
     * Traces as OpenTelemetry's standard environment and {@code setup} say; {@link #OFF} where the environment switches the
     * SDK off.
     *
     * @throws IllegalArgumentException when they say what cannot be
     */
    static Tracing start(TracingSetup setup) {
        return OtelTracing.start(setup);
    }

    /** Whether there are spans. */
    boolean isOn();

    /**
     * Begins the span of an exchange.
     *
     * @param method of HTTP
     * @param route template of the path; empty where there is none
     * @param headers may name the span that this one belongs to, by W3C's trace context
     */
    Span exchange(String method, String route, Headers headers, long nanoTime);

    /** Begins the span of work that nobody waits for. */
    Span background(String name, long nanoTime);

    /** Follows a generation, which is submitted next; its parts become spans below {@code parent} as the engine tells of them. */
    FollowedGeneration follow(GenerationRequest request, Span parent);

    /** Hears of generations before {@code next} does. */
    EngineListener listen(EngineListener next);

    /** Exports what has ended, within a time; nothing can be begun any more. */
    void close(Duration patience);
}
