package dev.sharegpt4v.server.openai;

import dev.sharegpt4v.runtime.engine.BeamOptions;

/** How many completions of one prompt a request wants, and how they are found. */
public sealed interface Choices {

    /** How many are answered. */
    int count();

    /**
     * Drawn independently.
     *
     * @param count answered: those with the highest logprob per token where there are more candidates
     * @param candidates drawn
     */
    record Sampled(int count, int candidates) implements Choices {

        /** One completion. */
        public static final Sampled ONE = new Sampled(1, 1);
    }

    /**
     * Found by beam search.
     *
     * @param count answered, the best first
     * @param beams how to search
     */
    record Searched(int count, BeamOptions beams) implements Choices {}
}
