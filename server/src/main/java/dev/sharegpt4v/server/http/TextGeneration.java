package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.text.AnswerDecoder;
import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.engine.FinishReason;
import dev.sharegpt4v.runtime.engine.Generation;
import dev.sharegpt4v.runtime.engine.GenerationEvent;
import dev.sharegpt4v.runtime.engine.GenerationRequest;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.engine.StopRule;
import dev.sharegpt4v.runtime.engine.Usage;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.CompletionOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A generation as text: tokens become fragments that never cut a character, stop strings end it. One reader. */
final class TextGeneration implements AutoCloseable {

    private final Generation generation;
    private final AnswerDecoder decoder;
    private final Prompt prompt;
    private int completionTokens;
    private Optional<String> finishReason = Optional.empty();
    private Usage usage;

    private TextGeneration(
            Generation generation, ServedModel model, Prompt prompt, List<String> stops, Set<Integer> ends) {
        this.generation = generation;
        this.decoder = new AnswerDecoder(model.tokenizer(), stops, ends);
        this.prompt = prompt;
        this.usage = new Usage(prompt.length(), prompt.imagePositions(), 0, 0);
    }

    /** Submits a prompt; refusals of the engine become answers to the caller. */
    static TextGeneration start(ServedModel model, String id, Prompt prompt, CompletionOptions options) {
        int room = model.positions() - prompt.length();
        if (room < 1) {
            throw ApiException.badRequest(
                    "context_length_exceeded",
                    "messages",
                    "This model's context has %d positions, but the prompt takes %d, %d of them for images."
                            .formatted(model.positions(), prompt.length(), prompt.imagePositions()));
        }
        int maxTokens = Math.min(room, options.maxTokens().orElse(room));
        Set<Integer> ends = new HashSet<>(options.stopTokens());
        if (!options.ignoreEnd()) {
            ends.addAll(model.defaults().endTokens());
        }
        List<String> stops = new ArrayList<>(options.stopStrings());
        stops.addAll(model.prompts().template().stopStrings());
        StopRule rule = new StopRule(maxTokens, Math.min(options.minTokens(), maxTokens), ends);
        try {
            Generation generation = model.engine().submit(new GenerationRequest(id, prompt, options.sampling(), rule));
            return new TextGeneration(generation, model, prompt, stops, ends);
        } catch (EngineException e) {
            throw answer(e);
        }
    }

    /** The next fragment of text, or empty when the text has ended; blocks until one of both. */
    Optional<String> next() throws InterruptedException {
        while (finishReason.isEmpty()) {
            String fragment = switch (generation.next()) {
                case GenerationEvent.Token token -> token(token.id());
                case GenerationEvent.Finished finished -> finished(finished);
                case GenerationEvent.Failed(EngineException cause) -> throw answer(cause);
            };
            if (!fragment.isEmpty()) {
                return Optional.of(fragment);
            }
        }
        return Optional.empty();
    }

    private String token(int id) {
        completionTokens++;
        String text = decoder.append(id);
        if (decoder.isStopped()) {
            generation.cancel();
            finish(FinishReason.STOP, new Usage(prompt.length(), prompt.imagePositions(), 0, completionTokens));
        }
        return text;
    }

    private String finished(GenerationEvent.Finished finished) {
        String rest = decoder.finish();
        FinishReason reason = decoder.isStopped() ? FinishReason.STOP : finished.reason();
        finish(reason, finished.usage());
        return rest;
    }

    private void finish(FinishReason reason, Usage total) {
        usage = total;
        finishReason = Optional.of(
                switch (reason) {
                    case STOP, CANCELLED -> "stop";
                    case LENGTH -> "length";
                    case REPETITION -> "repetition";
                    case TIMEOUT -> "timeout";
                });
    }

    /** Why the text ended; present once {@link #next()} gave its last. */
    String finishReason() {
        return finishReason.orElseThrow(() -> new IllegalStateException("the text has not ended. This is a bug."));
    }

    Usage usage() {
        return usage;
    }

    static ApiException answer(EngineException cause) {
        return switch (cause) {
            case EngineException.TooLong e ->
                ApiException.badRequest("context_length_exceeded", "messages", message(e));
            case EngineException.QueueFull e -> ApiException.overloaded(message(e));
            case EngineException.TimedOut e -> ApiException.unavailable("timeout", message(e));
            case EngineException.ShuttingDown e -> ApiException.unavailable("shutting_down", message(e));
            case EngineException.DeviceFailed _ -> ApiException.internal("The model failed to answer this request.");
        };
    }

    private static String message(EngineException e) {
        return "The request cannot be served: " + e.getMessage() + ".";
    }

    @Override
    public void close() {
        generation.close();
    }
}
