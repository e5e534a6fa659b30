package dev.sharegpt4v.server.bench;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A random process of arrivals: gaps of a gamma distribution, which for shape 1 is a Poisson process.
 *
 * <p>Source: {@code get_request} of {@code vllm bench serve}, scaling to the exact mean rate included; G. Marsaglia and W. W.
 * Tsang, A Simple Method for Generating Gamma Variables, 2000.
 *
 * @param rate requests a second, may be infinite: all at once
 * @param burstiness shape of the gaps: below 1 requests come in bursts, above more evenly, infinite: at equal distances
 */
public record Arrivals(double rate, double burstiness) {

    private static final double SECOND = 1e9;

    public Arrivals {
        if (!(rate > 0) || !(burstiness > 0)) {
            throw new IllegalArgumentException("rate and burstiness are positive, not " + rate + " and " + burstiness);
        }
    }

    /** When each request is sent, in nanoseconds after the start; the last one after {@code count / rate} seconds. */
    public long[] offsets(int count, long seed) {
        long[] offsets = new long[count];
        if (Double.isInfinite(rate) || count == 0) {
            return offsets;
        }
        RandomGenerator random = new SplittableRandom(seed);
        double[] sums = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Double.isInfinite(burstiness) ? 1 : gamma(random, burstiness);
            sums[i] = sum;
        }
        double scale = count / rate * SECOND / sum;
        for (int i = 0; i < count; i++) {
            offsets[i] = Math.round(sums[i] * scale);
        }
        return offsets;
    }

    /** A number of the gamma distribution with the given shape and scale 1. */
    static double gamma(RandomGenerator random, double shape) {
        if (shape == 1) {
            return random.nextExponential();
        }
        if (shape < 1) {
            return gamma(random, shape + 1) * Math.pow(1 - random.nextDouble(), 1 / shape);
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.nextGaussian();
            double v = Math.pow(1 + c * x, 3);
            if (v > 0 && Math.log(1 - random.nextDouble()) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
                return d * v;
            }
        }
    }
}
