package dev.sharegpt4v.server.bench;

import java.util.Arrays;
import java.util.Optional;

/**
 * How a figure is spread.
 *
 * @param count of values
 * @param mean of them
 * @param p50 the median
 * @param p90 what nine of ten do not exceed
 * @param p99 what 99 of 100 do not exceed
 */
public record Distribution(int count, double mean, double p50, double p90, double p99) {

    /** The distribution of values in any order; empty when there are none. */
    public static Optional<Distribution> of(double[] values) {
        if (values.length == 0) {
            return Optional.empty();
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return Optional.of(new Distribution(
                sorted.length,
                Arrays.stream(sorted).average().orElseThrow(),
                percentile(sorted, 50),
                percentile(sorted, 90),
                percentile(sorted, 99)));
    }

    /**
     * A percentile between the two nearest values, as numpy's default.
     *
     * @param sorted at least one value, rising
     * @param percent from 0 to 100
     */
    public static double percentile(double[] sorted, double percent) {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException("percentile " + percent);
        }
        double rank = percent / 100 * (sorted.length - 1);
        int below = (int) rank;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
    }
}
