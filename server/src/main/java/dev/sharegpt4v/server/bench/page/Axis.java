package dev.sharegpt4v.server.bench.page;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Places values along one side of a plot.
 *
 * @param low the least value, more than 0 where logarithmic
 * @param high the largest value, more than {@code low}
 * @param start where {@code low} stands, in pixels
 * @param end where {@code high} stands, in pixels
 * @param logarithmic whether equal ratios are equally far apart
 */
record Axis(double low, double high, double start, double end, boolean logarithmic) {

    private static final int MOST_TICKS = 7;

    /** An axis that holds all values, with round ends; from 0 where it is not logarithmic. */
    static Axis around(double[] values, double start, double end, boolean logarithmic) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            if (Double.isFinite(value) && (value > 0 || !logarithmic)) {
                low = Math.min(low, value);
                high = Math.max(high, value);
            }
        }
        if (!(low <= high)) {
            return new Axis(logarithmic ? 1 : 0, logarithmic ? 10 : 1, start, end, logarithmic);
        }
        if (logarithmic) {
            // Within a decade, whole decades would leave most of the plot empty.
            double from = high / low > 8 ? Math.pow(10, Math.floor(Math.log10(low))) : low / 1.3;
            return new Axis(from, high * 1.3, start, end, true);
        }
        double top = high <= 0 ? 1 : high;
        double step = step(top);
        return new Axis(Math.min(0, low), Math.ceil(top / step) * step, start, end, false);
    }

    /** Where a value stands, in pixels; the ends hold what lies outside. */
    double at(double value) {
        double share = logarithmic
                ? (Math.log(Math.max(value, low)) - Math.log(low)) / (Math.log(high) - Math.log(low))
                : (value - low) / (high - low);
        return start + Math.clamp(share, 0.0, 1.0) * (end - start);
    }

    /** Round values to write beside the axis. */
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (logarithmic) {
            double[] digits = high / low < 100 ? new double[] {1, 2, 5} : new double[] {1};
            for (double decade = Math.pow(10, Math.floor(Math.log10(low))); decade <= high; decade *= 10) {
                for (double digit : digits) {
                    if (decade * digit >= low * 0.999 && decade * digit <= high) {
                        ticks.add(decade * digit);
                    }
                }
            }
            return ticks;
        }
        double step = step(high - low);
        for (long i = (long) Math.ceil(low / step - 1e-9); i * step <= high * (1 + 1e-9); i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    private static double step(double length) {
        double step = Math.pow(10, Math.floor(Math.log10(length)) - 1);
        double[] factors = {2, 2.5, 2};
        for (int i = 0; length / step > MOST_TICKS; i++) {
            step *= factors[i % factors.length];
        }
        return step;
    }

    /** A value in few characters. */
    static String text(double value) {
        double size = Math.abs(value);
        if (size >= 1e9) {
            return plain(value / 1e9) + " G";
        }
        if (size >= 1e6) {
            return plain(value / 1e6) + " M";
        }
        if (size >= 1e4) {
            return plain(value / 1e3) + " k";
        }
        return plain(value);
    }

    private static String plain(double value) {
        if (value != 0 && Math.abs(value) < 0.1) {
            // Two digits that say something.
            return new BigDecimal(value)
                    .round(new MathContext(2))
                    .stripTrailingZeros()
                    .toPlainString();
        }
        String text = String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : "%.2f", value);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }
}
