package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.text.AnswerDecoder;
import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.engine.FinishReason;
import dev.sharegpt4v.runtime.engine.Generation;
import dev.sharegpt4v.runtime.engine.GenerationEvent;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.engine.Usage;
import dev.sharegpt4v.runtime.sampling.TokenLogprobs;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.CallScanner;
import dev.sharegpt4v.server.openai.SaidToken;
import java.util.List;
import java.util.Optional;

/** A generation as text: tokens become fragments that never cut a character, stop strings end it. One reader. */
final class TextGeneration implements AutoCloseable {

    private final Generation generation;
    private final AnswerDecoder decoder;
    private final Prompt prompt;
    private final Optional<CallScanner> scanner;
    private final AdmissionGate.Place place;
    private final CompletionNote note;
    private final TokenTrail trail = new TokenTrail();
    private int completionTokens;
    private double logprob;
    private Optional<String> finishReason = Optional.empty();
    private Optional<ApiException> failure = Optional.empty();

    /**
     * A text.
     *
     * @param scanner finds calls of functions, where there are functions
     * @param place that is given back when the text is closed
     * @param note of what is learnt of it
     */
    TextGeneration(
            Generation generation,
            AnswerDecoder decoder,
            Prompt prompt,
            Optional<CallScanner> scanner,
            AdmissionGate.Place place,
            CompletionNote note) {
        this.generation = generation;
        this.decoder = decoder;
        this.prompt = prompt;
        this.scanner = scanner;
        this.place = place;
        this.note = note;
    }

    /**
     * The next fragment of text, or empty when the text has ended; blocks until one of both. What came while nobody read
     * is one fragment, so that a reader who is late catches up. The fragment is an empty string where only calls came.
     *
     * @throws ApiException when the engine could not go on, after all text before that was given
     */
    Optional<String> next() throws InterruptedException {
        StringBuilder fragment = new StringBuilder();
        boolean called = false;
        while (isLive()) {
            Optional<GenerationEvent> event =
                    fragment.isEmpty() && !called ? Optional.of(generation.next()) : generation.poll();
            if (event.isEmpty()) {
                break;
            }
            fragment.append(take(event.get()));
            called = scanner.isPresent() && scanner.get().hasEvents();
        }
        if (!fragment.isEmpty() || called) {
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
            scanner.ifPresent(CallScanner::takeEvents);
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
        trail.add(token, decoder.decoded(), decoder.isEnd(token.id()));
        String text = decoder.append(token.id());
        trail.reach(text.length());
        String words = scanner.isPresent() ? scanner.get().append(text) : text;
        if (decoder.isStopped() || (scanner.isPresent() && scanner.get().isOver())) {
            note.stopping(name(FinishReason.STOP));
            generation.cancel();
            finish(FinishReason.STOP);
            return words + scanner.map(CallScanner::finish).orElse("");
        }
        return words;
    }

    private String finished(FinishReason reason) {
        String text = decoder.finish();
        trail.reach(text.length());
        if (!decoder.isStopped()) {
            trail.reachAll();
        }
        String words =
                scanner.isPresent() ? scanner.get().append(text) + scanner.get().finish() : text;
        finish(decoder.isStopped() ? FinishReason.STOP : reason);
        return words;
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
        String reason =
                finishReason.orElseThrow(() -> new IllegalStateException("the text has not ended. This is a bug."));
        return reason.equals("stop") && calls().isPresent() ? "tool_calls" : reason;
    }

    /** The scanner, once it has found a call. */
    Optional<CallScanner> calls() {
        return scanner.filter(CallScanner::hasCalls);
    }

    /** The tokens of the fragments since this was asked last, where logprobs were asked for. */
    List<SaidToken> takeSaid() {
        return trail.takeSaid();
    }

    /** The ids that were sampled since this was asked last, those included that no text shows. */
    List<Integer> takeIds() {
        return trail.takeIds();
    }

    /** How likely the prompt's tokens were, where that was asked for; there once a token was read. */
    List<Optional<TokenLogprobs>> promptLogprobs() {
        return generation.promptLogprobs();
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
        note.said(completionTokens, finishReason.isPresent() ? Optional.of(finishReason()) : finishReason);
        generation.close();
        place.close();
    }
}
