package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.text.AnswerDecoder;
import dev.sharegpt4v.runtime.engine.BeamOptions;
import dev.sharegpt4v.runtime.engine.BeamSearch;
import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.engine.Generation;
import dev.sharegpt4v.runtime.engine.GenerationRequest;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.engine.StopRule;
import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import dev.sharegpt4v.runtime.sampling.TokenConstraint;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.CompletionOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Gives prompts to the engine; what it refuses becomes an answer to the caller. */
final class Completions {

    private final ServedModel model;
    private final Deadlines deadlines;
    private final String param;
    private final boolean ofChat;

    private Completions(ServedModel model, Deadlines deadlines, String param, boolean ofChat) {
        this.model = model;
        this.deadlines = deadlines;
        this.param = param;
        this.ofChat = ofChat;
    }

    /** Answers to conversations, which came in {@code messages}. */
    Completions(ServedModel model, Deadlines deadlines) {
        this(model, deadlines, "messages", true);
    }

    /** Answers to conversations that came in another field. */
    static Completions of(String param, ServedModel model, Deadlines deadlines) {
        return new Completions(model, deadlines, param, true);
    }

    /** What comes after texts: no template ends it, and its first word keeps its space. */
    static Completions ofText(ServedModel model, Deadlines deadlines) {
        return new Completions(model, deadlines, "prompt", false);
    }

    /** One completion. */
    TextGeneration start(String id, Prompt prompt, CompletionOptions options) {
        return start(id, prompt, options, 1, OptionalInt.empty()).getFirst();
    }

    /**
     * Independent completions of one prompt, which is computed once.
     *
     * @param logprobs how many of the likeliest tokens to report with each token
     */
    List<TextGeneration> start(String id, Prompt prompt, CompletionOptions options, int count, OptionalInt logprobs) {
        StopRule rule = stopRule(prompt, options);
        Optional<TokenConstraint> constraint =
                options.structure().map(structure -> model.constraints().of(structure, ofChat));
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            requests.add(new GenerationRequest(
                    count == 1 ? id : id + "-" + i,
                    prompt,
                    seeded(options.sampling(), i),
                    rule,
                    deadlines.bound(options.scheduling()),
                    logprobs,
                    constraint));
        }
        try {
            List<TextGeneration> texts = new ArrayList<>();
            for (Generation generation : model.engine().submitAll(requests)) {
                texts.add(new TextGeneration(generation, decoder(prompt, options, rule.stopTokens()), prompt));
            }
            return texts;
        } catch (EngineException e) {
            throw answer(e, param);
        }
    }

    /** A beam search, not yet run. */
    BeamSearch search(String id, Prompt prompt, CompletionOptions options, BeamOptions beams) {
        GenerationRequest request = new GenerationRequest(
                id,
                prompt,
                options.sampling(),
                stopRule(prompt, options),
                deadlines.bound(options.scheduling()),
                OptionalInt.empty());
        return new BeamSearch(model.engine(), request, beams);
    }

    /** The text of ids that come after a prompt and end as the options say. */
    AnswerDecoder decoder(Prompt prompt, CompletionOptions options) {
        return decoder(prompt, options, ends(options));
    }

    private AnswerDecoder decoder(Prompt prompt, CompletionOptions options, Set<Integer> ends) {
        List<String> stops = new ArrayList<>(options.stopStrings());
        // A template's own mark may be part of a text whose form says where it ends.
        if (ofChat && options.structure().isEmpty()) {
            stops.addAll(model.prompts().template().stopStrings());
        }
        AnswerDecoder decoder = new AnswerDecoder(model.tokenizer(), stops, ends);
        if (!ofChat) {
            decoder.follow(prompt.tokens());
        }
        return decoder;
    }

    /** Draws of one request differ, and each is the same whenever it is asked for. */
    private static SamplingOptions seeded(SamplingOptions sampling, int index) {
        return index == 0 || sampling.seed().isEmpty()
                ? sampling
                : sampling.withSeed(OptionalLong.of(sampling.seed().getAsLong() + index));
    }

    private Set<Integer> ends(CompletionOptions options) {
        Set<Integer> ends = new HashSet<>(options.stopTokens());
        if (!options.ignoreEnd()) {
            ends.addAll(model.defaults().endTokens());
        }
        return ends;
    }

    private StopRule stopRule(Prompt prompt, CompletionOptions options) {
        int room = model.positions() - prompt.length();
        if (room < 1) {
            throw ApiException.badRequest(
                    "context_length_exceeded",
                    param,
                    "This model's context has %d positions, but the prompt takes %d, %d of them for images."
                            .formatted(model.positions(), prompt.length(), prompt.imagePositions()));
        }
        int most = Math.min(room, options.maxTokens().orElse(room));
        return new StopRule(most, Math.min(options.minTokens(), most), ends(options), options.repetition());
    }

    static ApiException answer(EngineException cause) {
        return answer(cause, "messages");
    }

    private static ApiException answer(EngineException cause, String param) {
        return switch (cause) {
            case EngineException.TooLong e -> ApiException.badRequest("context_length_exceeded", param, message(e));
            case EngineException.TooMany e -> ApiException.invalid("n", message(e));
            case EngineException.QueueFull e -> ApiException.overloaded(message(e));
            case EngineException.TimedOut e -> ApiException.unavailable("timeout", message(e));
            case EngineException.ShuttingDown e -> ApiException.unavailable("shutting_down", message(e));
            case EngineException.DeviceFailed _ -> ApiException.internal("The model failed to answer this request.");
        };
    }

    private static String message(EngineException e) {
        return "The request cannot be served: " + e.getMessage() + ".";
    }
}
