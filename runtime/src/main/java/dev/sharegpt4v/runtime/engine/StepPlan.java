package dev.sharegpt4v.runtime.engine;

import java.util.List;

/**
 * What a step will do: which sequences run, and how many of their tokens. Immutable.
 *
 * @param parts at least one token each; empty when there is nothing to do
 */
record StepPlan(List<Part> parts) {

    /** A sequence's share of the step. */
    record Part(Sequence sequence, int tokens) {

        /** Whether the share reaches the end of what is known, so that a token can be sampled. */
        boolean reachesEnd() {
            return tokens == sequence.remaining();
        }
    }

    StepPlan {
        parts = List.copyOf(parts);
    }

    boolean isIdle() {
        return parts.isEmpty();
    }

    StepPlan without(Sequence sequence) {
        return new StepPlan(
                parts.stream().filter(part -> part.sequence() != sequence).toList());
    }
}
