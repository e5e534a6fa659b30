package dev.sharegpt4v.server.tracing;

import dev.sharegpt4v.runtime.engine.GenerationRequest;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Generations under way whose requests are traced, by their requests' identity: ids may come from callers. Thread-safe. */
final class GenerationSpans {

    private final Map<GenerationRequest, GenerationSpan> live = Collections.synchronizedMap(new IdentityHashMap<>());

    FollowedGeneration follow(GenerationRequest request, Span parent) {
        long now = System.nanoTime();
        GenerationSpan generation = new GenerationSpan(parent.child("generate", now), now, () -> live.remove(request));
        generation.describe(request);
        live.put(request, generation);
        return generation;
    }

    @Nullable
    GenerationSpan find(GenerationRequest request) {
        return live.get(request);
    }

    /** Found for the last time. */
    @Nullable
    GenerationSpan take(GenerationRequest request) {
        return live.remove(request);
    }

    /** Under way. */
    int size() {
        return live.size();
    }
}
