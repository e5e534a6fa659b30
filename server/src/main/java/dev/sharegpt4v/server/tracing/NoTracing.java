package dev.sharegpt4v.server.tracing;

import dev.sharegpt4v.runtime.engine.EngineListener;
import dev.sharegpt4v.runtime.engine.GenerationRequest;
import java.time.Duration;

/** No spans, at no cost. */
record NoTracing() implements Tracing {

    @Override
    public boolean isOn() {
        return false;
    }

    @Override
    public Span exchange(String method, String route, Headers headers, long nanoTime) {
        return Span.NONE;
    }

    @Override
    public Span background(String name, long nanoTime) {
        return Span.NONE;
    }

    @Override
    public FollowedGeneration follow(GenerationRequest request, Span parent) {
        return FollowedGeneration.NONE;
    }

    @Override
    public EngineListener listen(EngineListener next) {
        return next;
    }

    @Override
    public void close(Duration patience) {}
}
