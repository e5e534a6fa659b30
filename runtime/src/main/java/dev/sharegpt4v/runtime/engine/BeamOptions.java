package dev.sharegpt4v.runtime.engine;

/**
 * How to search with beams.
 *
 * @param width beams kept at each length, at least 1
 * @param lengthPenalty a beam's score is its summed logprob over its length to this power; more than 0 favours long ones
 * @param earlyStopping whether the search ends as soon as {@code width} beams have ended, whatever the others might become
 */
public record BeamOptions(int width, double lengthPenalty, boolean earlyStopping) {

    public BeamOptions {
        if (width < 1 || !Double.isFinite(lengthPenalty)) {
            throw new IllegalArgumentException(width + " beams with a length penalty of " + lengthPenalty);
        }
    }
}
