package dev.sharegpt4v.server.openai;

import dev.sharegpt4v.runtime.engine.BeamOptions;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads how many completions are wanted and how they are found.
 *
 * <p>Source: OpenAI's {@code n} and {@code best_of}; vLLM's {@code use_beam_search} and {@code length_penalty}; {@code
 * early_stopping} as in transformers.
 */
final class ChoiceFields {

    static final Set<String> NAMES = Set.of("n", "best_of", "use_beam_search", "length_penalty", "early_stopping");
    /** As at OpenAI. */
    private static final int MOST = 128;
    /** A beam's score has no place for penalties; each beside the value that means none. */
    private static final Map<String, Double> NEUTRAL =
            Map.of("presence_penalty", 0.0, "frequency_penalty", 0.0, "repetition_penalty", 1.0);

    private ChoiceFields() {}

    static Choices read(JsonFields fields, CompletionOptions options) {
        int count = fields.integer("n", 1, MOST).orElse(1);
        int candidates = fields.integer("best_of", 1, MOST).orElse(count);
        if (candidates < count) {
            throw ApiException.invalid("best_of", "'best_of' must not be less than 'n'.");
        }
        if (fields.bool("use_beam_search").orElse(false)) {
            return searched(fields, options, count, candidates);
        }
        for (String name : List.of("length_penalty", "early_stopping")) {
            if (fields.has(name)) {
                throw ApiException.invalid(name, "'" + name + "' needs 'use_beam_search'.");
            }
        }
        if (candidates > count && options.stream()) {
            throw ApiException.invalid("best_of", "The best of several completions cannot be streamed.");
        }
        return new Choices.Sampled(count, candidates);
    }

    private static Choices searched(JsonFields fields, CompletionOptions options, int count, int width) {
        if (options.stream()) {
            throw ApiException.invalid("use_beam_search", "Beam search cannot be streamed.");
        }
        NEUTRAL.forEach((name, neutral) -> {
            if (fields.has(name) && fields.raw(name).doubleValue() != neutral) {
                throw noEffect(name);
            }
        });
        if (options.repetition().isPresent()) {
            throw noEffect(RepetitionFields.NAME);
        }
        options.structure().ifPresent(structure -> {
            throw ApiException.invalid(
                    structure.param(), "'" + structure.param() + "' cannot be asked of a beam search.");
        });
        requireNoDetail(options);
        double penalty = fields.number("length_penalty", -100, 100).orElse(1.0);
        boolean early = fields.bool("early_stopping").orElse(false);
        return new Choices.Searched(count, new BeamOptions(width, penalty, early));
    }

    /** The search reads logits as they are, and keeps only those of its beams. */
    private static void requireNoDetail(CompletionOptions options) {
        TokenWishes tokens = options.tokens();
        if (!tokens.bias().isEmpty()) {
            throw noEffect("logit_bias");
        }
        if (tokens.allowed().isPresent()) {
            throw noEffect("allowed_token_ids");
        }
        if (!tokens.badWords().isEmpty()) {
            throw noEffect("bad_words");
        }
        if (options.detail().logprobs().isPresent()) {
            throw noEffect("logprobs");
        }
        if (options.detail().promptLogprobs().isPresent()) {
            throw noEffect("prompt_logprobs");
        }
    }

    private static ApiException noEffect(String name) {
        return ApiException.invalid(name, "'" + name + "' would have no effect in a beam search.");
    }
}
