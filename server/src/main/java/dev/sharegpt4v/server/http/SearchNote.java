package dev.sharegpt4v.server.http;

import dev.sharegpt4v.runtime.engine.Beam;
import dev.sharegpt4v.runtime.engine.BeamOptions;
import dev.sharegpt4v.runtime.engine.GenerationRequest;
import dev.sharegpt4v.server.tracing.FollowedGeneration;
import dev.sharegpt4v.server.tracing.Span;
import java.util.List;
import java.util.Optional;

/**
 * What is learnt of one beam search, whose steps are generations that nobody follows.
 *
 * @param span of the whole search
 */
record SearchNote(Span span, CompletionNote completion) implements AutoCloseable {

    static SearchNote begin(ExchangeNotes notes, GenerationRequest request, BeamOptions beams) {
        Span span = notes.span()
                .child("generate", System.nanoTime())
                .put("gen_ai.request.id", request.id())
                .put("gen_ai.request.max_tokens", request.stop().maxTokens())
                .put("sharegpt4v.request.beams", beams.width());
        return new SearchNote(span, notes.completion(FollowedGeneration.NONE));
    }

    void found(List<Beam> beams) {
        int tokens = beams.stream().mapToInt(beam -> beam.tokens().size()).sum();
        Optional<String> reason = beams.stream().findFirst().map(best -> TextGeneration.name(best.reason()));
        completion.said(tokens, reason);
        span.put("gen_ai.usage.completion_tokens", tokens);
    }

    @Override
    public void close() {
        span.end(System.nanoTime());
    }
}
