package dev.sharegpt4v.runtime.engine;

/**
 * Ends a completion that goes round in circles: its last tokens are one pattern, several times in a row.
 *
 * <p>Source: {@code repetition_detection} of vLLM's sampling parameters.
 *
 * @param minPattern least length of a pattern, at least 1
 * @param maxPattern greatest length of a pattern
 * @param minCount times that a pattern stands in a row, at least 2
 */
public record RepetitionRule(int minPattern, int maxPattern, int minCount) {

    public RepetitionRule {
        if (minPattern < 1 || maxPattern < minPattern || minCount < 2) {
            throw new IllegalArgumentException(
                    "%d times a pattern of %d to %d tokens".formatted(minCount, minPattern, maxPattern));
        }
    }

    /** Whether the tokens from {@code from} to {@code to} end in a pattern that stands in a row often enough. */
    boolean isMet(int[] tokens, int from, int to) {
        for (int size = minPattern; size <= maxPattern && (long) size * minCount <= to - from; size++) {
            if (period(tokens, to, size)) {
                return true;
            }
        }
        return false;
    }

    private boolean period(int[] tokens, int to, int size) {
        for (int i = to - 1; i >= to - size * (minCount - 1); i--) {
            if (tokens[i] != tokens[i - size]) {
                return false;
            }
        }
        return true;
    }
}
