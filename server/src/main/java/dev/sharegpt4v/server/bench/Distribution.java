package dev.sharegpt4v.server.bench;

import java.util.Arrays;
import java.util.Optional;

/** How a figure is spread. Immutable. */
public final class Distribution {

    private final double[] sorted;
    private final double mean;
    private final double std;

    private Distribution(double[] sorted) {
        this.sorted = sorted;
        this.mean = Arrays.stream(sorted).average().orElseThrow();
        this.std = Math.sqrt(Arrays.stream(sorted)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElseThrow());
    }

    /** The distribution of values in any order; empty when there are none. */
    public static Optional<Distribution> of(double[] values) {
        if (values.length == 0) {
            return Optional.empty();
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return Optional.of(new Distribution(sorted));
    }

    public int count() {
        return sorted.length;
    }

    public double mean() {
        return mean;
    }

    /** The standard deviation of the values as a whole, as numpy's default. */
    public double std() {
        return std;
    }

    public double median() {
        return percentile(50);
    }

    public double max() {
        return sorted[sorted.length - 1];
    }

    /** All values, rising. */
    public double[] sorted() {
        return sorted.clone();
    }

    /**
     * A percentile between the two nearest values, as numpy's default.
     *
     * @param percent from 0 to 100
     */
    public double percentile(double percent) {
        if (!(percent >= 0 && percent <= 100)) {
            throw new IllegalArgumentException("percentile " + percent);
        }
        double rank = percent / 100 * (sorted.length - 1);
        int below = (int) rank;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
    }
}
