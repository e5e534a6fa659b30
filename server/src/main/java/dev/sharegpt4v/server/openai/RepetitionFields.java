package dev.sharegpt4v.server.openai;

import dev.sharegpt4v.runtime.engine.RepetitionRule;
import java.util.Optional;
import java.util.Set;

/** Reads vLLM's {@code repetition_detection}. */
final class RepetitionFields {

    static final String NAME = "repetition_detection";

    private static final int LONGEST_PATTERN = 1 << 12;
    private static final int MOST_COUNT = 1 << 16;

    private RepetitionFields() {}

    static Optional<RepetitionRule> read(JsonFields fields) {
        if (!fields.has(NAME)) {
            return Optional.empty();
        }
        JsonFields rule = fields.object(NAME);
        rule.allowOnly(Set.of("max_pattern_size", "min_pattern_size", "min_count"));
        int longest = rule.integer("max_pattern_size", 0, LONGEST_PATTERN).orElse(0);
        int shortest = rule.integer("min_pattern_size", 0, LONGEST_PATTERN).orElse(0);
        int count = rule.integer("min_count", 0, MOST_COUNT).orElse(0);
        if (shortest > longest) {
            throw ApiException.invalid(
                    rule.param("min_pattern_size"), "'min_pattern_size' must not exceed 'max_pattern_size'.");
        }
        if (longest == 0) {
            return Optional.empty();
        }
        if (count < 2) {
            throw ApiException.invalid(
                    rule.param("min_count"), "'min_count' must be at least 2 where 'max_pattern_size' is given.");
        }
        return Optional.of(new RepetitionRule(Math.max(1, shortest), longest, count));
    }
}
