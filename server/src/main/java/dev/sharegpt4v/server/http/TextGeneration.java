package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.text.AnswerDecoder;
import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.engine.FinishReason;
import dev.sharegpt4v.runtime.engine.Generation;
import dev.sharegpt4v.runtime.engine.GenerationEvent;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.engine.Usage;
import dev.sharegpt4v.server.openai.ApiException;
import java.util.Optional;

/** A generation as text: tokens become fragments that never cut a character, stop strings end it. One reader. */
final class TextGeneration implements AutoCloseable {

    private final Generation generation;
    private final AnswerDecoder decoder;
    private final Prompt prompt;
    private int completionTokens;
    private double logprob;
    private Optional<String> finishReason = Optional.empty();
    private Optional<ApiException> failure = Optional.empty();

    TextGeneration(Generation generation, AnswerDecoder decoder, Prompt prompt) {
        this.generation = generation;
        this.decoder = decoder;
        this.prompt = prompt;
    }

    /**
     * The next fragment of text, or empty when the text has ended; blocks until one of both. What came while nobody read
     * is one fragment, so that a reader who is late catches up.
     *
     * @throws ApiException when the engine could not go on, after all text before that was given
     */
    Optional<String> next() throws InterruptedException {
        StringBuilder fragment = new StringBuilder();
        while (isLive()) {
            Optional<GenerationEvent> event = fragment.isEmpty() ? Optional.of(generation.next()) : generation.poll();
            if (event.isEmpty()) {
                break;
            }
            fragment.append(take(event.get()));
        }
        if (!fragment.isEmpty()) {
            return Optional.of(fragment.toString());
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
        return Optional.empty();
    }

    /** All that is left of the text. */
    String rest() throws InterruptedException {
        StringBuilder text = new StringBuilder();
        for (Optional<String> part = next(); part.isPresent(); part = next()) {
            text.append(part.get());
        }
        return text.toString();
    }

    private boolean isLive() {
        return finishReason.isEmpty() && failure.isEmpty();
    }

    private String take(GenerationEvent event) {
        return switch (event) {
            case GenerationEvent.Token token -> token(token);
            case GenerationEvent.Finished finished -> finished(finished.reason());
            case GenerationEvent.Failed(EngineException cause) -> {
                failure = Optional.of(Completions.answer(cause));
                yield "";
            }
        };
    }

    private String token(GenerationEvent.Token token) {
        completionTokens++;
        token.logprobs().ifPresent(found -> logprob += found.logprob());
        String text = decoder.append(token.id());
        if (decoder.isStopped()) {
            generation.cancel();
            finish(FinishReason.STOP);
        }
        return text;
    }

    private String finished(FinishReason reason) {
        String rest = decoder.finish();
        finish(decoder.isStopped() ? FinishReason.STOP : reason);
        return rest;
    }

    private void finish(FinishReason reason) {
        finishReason = Optional.of(name(reason));
    }

    /** How the API names an end. */
    static String name(FinishReason reason) {
        return switch (reason) {
            case STOP, CANCELLED -> "stop";
            case LENGTH -> "length";
            case REPETITION -> "repetition";
            case TIMEOUT -> "timeout";
        };
    }

    /** Why the text ended; present once {@link #next()} gave its last. */
    String finishReason() {
        return finishReason.orElseThrow(() -> new IllegalStateException("the text has not ended. This is a bug."));
    }

    /** The stop string that ended the text, if one did. */
    Optional<String> stopString() {
        return decoder.stopString();
    }

    /** What it took so far. */
    Usage usage() {
        return new Usage(prompt.length(), prompt.imagePositions(), generation.cachedTokens(), completionTokens);
    }

    /** The mean of the tokens' logprobs so far, where those were asked for. */
    double meanLogprob() {
        return logprob / Math.max(1, completionTokens);
    }

    @Override
    public void close() {
        generation.close();
    }
}
