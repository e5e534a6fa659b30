package dev.sharegpt4v.server.bench.page;

import java.util.List;

/**
 * One curve.
 *
 * @param name in the legend
 * @param x values, in the order in which they are joined
 * @param y as many
 * @param tips one for each point, which is then drawn; none: a line only
 */
public record Series(String name, double[] x, double[] y, List<String> tips) {

    public Series {
        tips = List.copyOf(tips);
        if (x.length != y.length || (!tips.isEmpty() && tips.size() != x.length)) {
            throw new IllegalArgumentException("a series of " + x.length + " and " + y.length + " values");
        }
    }

    /** A line only. */
    public static Series line(String name, double[] x, double[] y) {
        return new Series(name, x, y, List.of());
    }
}
