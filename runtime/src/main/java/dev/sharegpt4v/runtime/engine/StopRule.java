package dev.sharegpt4v.runtime.engine;

import java.util.Optional;
import java.util.Set;

/**
 * When a generation ends by itself. Stop strings are the caller's affair, since the engine knows no text: who sees one
 * calls {@link Generation#cancel()}.
 *
 * @param maxTokens completion tokens at most, at least 1
 * @param minTokens stop tokens are not sampled before this many completion tokens
 * @param stopTokens ids that end the generation and are reported as its last token, such as {@code </s>}
 * @param repetition when to end what goes round in circles
 */
public record StopRule(int maxTokens, int minTokens, Set<Integer> stopTokens, Optional<RepetitionRule> repetition) {

    public StopRule {
        stopTokens = Set.copyOf(stopTokens);
        if (maxTokens < 1 || minTokens < 0 || minTokens > maxTokens) {
            throw new IllegalArgumentException("between " + minTokens + " and " + maxTokens + " tokens");
        }
    }

    /** A rule that lets repetitions be. */
    public StopRule(int maxTokens, int minTokens, Set<Integer> stopTokens) {
        this(maxTokens, minTokens, stopTokens, Optional.empty());
    }
}
