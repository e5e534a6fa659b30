package dev.sharegpt4v.server.bench.engine;

import dev.sharegpt4v.server.bench.Distribution;
import java.util.Arrays;

/**
 * How long steps of one sort took.
 *
 * @param tokens of all steps together
 * @param nanos of each step
 */
public record StepTimes(long tokens, long[] nanos) {

    public StepTimes {
        if (nanos.length == 0) {
            throw new IllegalArgumentException("no step was timed");
        }
    }

    public double tokensPerSecond() {
        return tokens / seconds();
    }

    /** Of all steps together. */
    double seconds() {
        return Arrays.stream(nanos).sum() / 1e9;
    }

    public double medianMillis() {
        return spread().median() / 1e6;
    }

    public double leastMillis() {
        return spread().percentile(0) / 1e6;
    }

    private Distribution spread() {
        return Distribution.of(Arrays.stream(nanos).asDoubleStream().toArray()).orElseThrow();
    }
}
