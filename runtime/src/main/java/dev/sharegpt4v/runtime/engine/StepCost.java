package dev.sharegpt4v.runtime.engine;

/**
 * How long a step takes, as measured: a constant and a part for each token, fitted to the latest steps by least squares in
 * which older steps fade.
 */
final class StepCost {

    private static final double FADE = 0.97;
    /** Below this spread of step sizes a slope would be noise. */
    private static final double LEAST_VARIANCE = 0.05;

    private double weight;
    private double tokens;
    private double nanos;
    private double squares;
    private double products;

    /** Notes a step. */
    void note(int stepTokens, long stepNanos) {
        weight = weight * FADE + 1;
        tokens = tokens * FADE + stepTokens;
        nanos = nanos * FADE + stepNanos;
        squares = squares * FADE + (double) stepTokens * stepTokens;
        products = products * FADE + (double) stepTokens * stepNanos;
    }

    /** Whether steps of different sizes were seen, so that {@link #of} means something. */
    boolean isKnown() {
        return weight > 0 && variance() > LEAST_VARIANCE;
    }

    /** Nanoseconds that a step of so many tokens is expected to take. */
    double of(int stepTokens) {
        double slope = slope();
        return constant(slope) + slope * stepTokens;
    }

    private double constant(double slope) {
        return Math.max(0, (nanos - slope * tokens) / weight);
    }

    private double slope() {
        double mean = tokens / weight;
        return Math.max(0, (products / weight - mean * nanos / weight) / variance());
    }

    private double variance() {
        double mean = tokens / weight;
        return squares / weight - mean * mean;
    }
}
