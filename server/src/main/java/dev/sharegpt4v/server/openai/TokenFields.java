package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads OpenAI's {@code logit_bias}, and vLLM's {@code allowed_token_ids} and {@code bad_words}. */
final class TokenFields {

    static final Set<String> NAMES = Set.of("logit_bias", "allowed_token_ids", "bad_words");
    private static final double MOST_BIAS = 100;
    private static final int MOST_WORDS = 1000;
    private static final int LONGEST_WORD = 256;

    private TokenFields() {}

    static TokenWishes read(JsonFields fields) {
        return new TokenWishes(bias(fields), allowed(fields), badWords(fields));
    }

    private static Map<Integer, Float> bias(JsonFields fields) {
        if (!fields.has("logit_bias")) {
            return Map.of();
        }
        JsonFields biases = fields.object("logit_bias");
        Map<Integer, Float> found = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : biases.members().entrySet()) {
            double value = biases.requiring(entry.getKey())
                    .number(entry.getKey(), -MOST_BIAS, MOST_BIAS)
                    .orElseThrow();
            found.put(id(entry.getKey(), biases), (float) value);
        }
        return found;
    }

    private static int id(String key, JsonFields biases) {
        // No sign and no zeros before, so that no id comes twice.
        if (!key.matches("0|[1-9][0-9]{0,8}")) {
            throw ApiException.invalid(
                    biases.param(key), "The keys of 'logit_bias' must be token ids, not '" + key + "'.");
        }
        return Integer.parseInt(key);
    }

    private static Optional<List<Integer>> allowed(JsonFields fields) {
        if (!fields.has("allowed_token_ids")) {
            return Optional.empty();
        }
        List<Integer> ids = fields.integers("allowed_token_ids");
        if (ids.isEmpty()) {
            throw ApiException.badRequest(
                    "empty_array", "allowed_token_ids", "'allowed_token_ids' must hold at least one token id.");
        }
        return Optional.of(ids);
    }

    private static List<String> badWords(JsonFields fields) {
        if (!fields.has("bad_words")) {
            return List.of();
        }
        List<String> words = fields.texts("bad_words");
        if (words.size() > MOST_WORDS
                || words.stream().anyMatch(word -> word.isBlank() || word.length() > LONGEST_WORD)) {
            throw ApiException.invalid(
                    "bad_words",
                    "'bad_words' must be at most %d strings of at most %d characters, none of them blank."
                            .formatted(MOST_WORDS, LONGEST_WORD));
        }
        return words;
    }
}
