package dev.sharegpt4v.runtime.engine;

import java.util.List;

/**
 * What a step will do: which sequences run, and how many of their tokens. Immutable.
 *
 * @param parts at least one token each; empty when there is nothing to do
 */
record StepPlan(List<Part> parts) {

    private static final int[] NONE = new int[0];

    /**
     * A sequence's share of the step.
     *
     * @param sequence who runs
     * @param tokens of what is known
     * @param guesses tokens that may follow and are run as well
     */
    record Part(Sequence sequence, int tokens, int[] guesses) {

        static Part of(Sequence sequence, int tokens) {
            return new Part(sequence, tokens, NONE);
        }

        /** Whether the share reaches the end of what is known, so that a token can be sampled. */
        boolean reachesEnd() {
            return tokens == sequence.remaining();
        }

        /** Tokens that the step runs. */
        int width() {
            return tokens + guesses.length;
        }

        Part withoutGuesses() {
            return of(sequence, tokens);
        }
    }

    StepPlan {
        parts = List.copyOf(parts);
    }

    boolean isIdle() {
        return parts.isEmpty();
    }

    boolean hasGuesses() {
        for (Part part : parts) {
            if (part.guesses().length > 0) {
                return true;
            }
        }
        return false;
    }

    StepPlan withoutGuesses() {
        return new StepPlan(parts.stream().map(Part::withoutGuesses).toList());
    }

    /** Sequences that run their newest token. */
    int streams() {
        int streams = 0;
        for (Part part : parts) {
            streams += part.sequence().isDecoding() ? 1 : 0;
        }
        return streams;
    }

    /** Tokens of prompts. */
    int promptTokens() {
        int tokens = 0;
        for (Part part : parts) {
            tokens += part.sequence().isDecoding() ? 0 : part.tokens();
        }
        return tokens;
    }

    /** Tokens that the step runs. */
    int width() {
        int width = 0;
        for (Part part : parts) {
            width += part.width();
        }
        return width;
    }
}
