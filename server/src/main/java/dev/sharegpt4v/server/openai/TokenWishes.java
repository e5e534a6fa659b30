package dev.sharegpt4v.server.openai;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which tokens a request allows and favours; ids are not checked against a vocabulary yet.
 *
 * @param bias added to logits, by id
 * @param allowed the only ids that may be sampled
 * @param badWords what may not be said
 */
public record TokenWishes(Map<Integer, Float> bias, Optional<List<Integer>> allowed, List<String> badWords) {

    /** All tokens as the model likes them. */
    public static final TokenWishes NONE = new TokenWishes(Map.of(), Optional.empty(), List.of());

    public TokenWishes {
        bias = Map.copyOf(bias);
        allowed = allowed.map(List::copyOf);
        badWords = List.copyOf(badWords);
    }

    /** Whether nothing is asked for. */
    public boolean isEmpty() {
        return bias.isEmpty() && allowed.isEmpty() && badWords.isEmpty();
    }
}
