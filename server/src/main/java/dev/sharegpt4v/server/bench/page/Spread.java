package dev.sharegpt4v.server.bench.page;

import dev.sharegpt4v.server.bench.Distribution;

/** The curve of a distribution: which share of the values is not above a value. */
final class Spread {

    private static final int MOST_POINTS = 300;

    private Spread() {}

    static Series of(String name, Distribution found) {
        int points = Math.min(MOST_POINTS, Math.max(2, found.count()));
        double[] x = new double[points];
        double[] y = new double[points];
        for (int i = 0; i < points; i++) {
            y[i] = 100.0 * i / (points - 1);
            x[i] = found.percentile(y[i]);
        }
        return Series.line(name, x, y);
    }
}
