package dev.sharegpt4v.server.tracing;

import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.engine.EngineListener;
import dev.sharegpt4v.runtime.engine.GenerationEvent;
import dev.sharegpt4v.runtime.engine.GenerationRequest;
import org.jspecify.annotations.Nullable;

/**
 * Makes spans of what an engine tells, and passes it on as told within the generation's span, so that figures can say whose
 * they are.
 */
record TracedEngine(GenerationSpans generations, EngineListener next) implements EngineListener {

    @Override
    public void stepCommitted(StepReport report) {
        next.stepCommitted(report);
    }

    @Override
    public void imagesEncoded(int images, long nanos) {
        next.imagesEncoded(images, nanos);
    }

    @Override
    public void tokenAfter(GenerationRequest request, long nanos) {
        within(generations.find(request), () -> next.tokenAfter(request, nanos));
    }

    @Override
    public void preempted(GenerationRequest request) {
        GenerationSpan generation = generations.find(request);
        if (generation != null) {
            generation.preempted();
        }
        next.preempted(request);
    }

    @Override
    public void finished(GenerationRequest request, GenerationEvent.Finished end) {
        GenerationSpan generation = generations.take(request);
        within(generation, () -> next.finished(request, end));
        if (generation != null) {
            generation.finished(end);
        }
    }

    @Override
    public void failed(GenerationRequest request, EngineException cause) {
        GenerationSpan generation = generations.take(request);
        within(generation, () -> next.failed(request, cause));
        if (generation != null) {
            generation.failed(cause);
        }
    }

    private static void within(@Nullable GenerationSpan generation, Runnable telling) {
        if (generation == null) {
            telling.run();
        } else {
            ScopedValue.where(Span.CURRENT, generation.span()).run(telling);
        }
    }
}
