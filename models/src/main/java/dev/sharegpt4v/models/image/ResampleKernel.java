package dev.sharegpt4v.models.image;

/**
 * Pillow's bicubic coefficients for one axis, in fixed point, for a window of the output.
 *
 * <p>Source: Pillow's Resample.c, {@code precompute_coeffs} and {@code normalize_coeffs_8bpc}, a = -0.5.
 *
 * @param first per output place, the first input place with weight
 * @param weights per output place, weights times 2^22
 */
record ResampleKernel(int[] first, int[][] weights) {

    static final int PRECISION_BITS = 22;
    private static final double SUPPORT = 2.0;

    /** Kernel from {@code in} to {@code out} places, for the places from {@code from} on. */
    static ResampleKernel of(int in, int out, int from, int count) {
        double scale = (double) in / out;
        double filterScale = Math.max(scale, 1.0);
        double support = SUPPORT * filterScale;
        double inverse = 1.0 / filterScale;
        int[] first = new int[count];
        int[][] weights = new int[count][];
        for (int i = 0; i < count; i++) {
            double center = (from + i + 0.5) * scale;
            int min = Math.max(0, (int) (center - support + 0.5));
            int taps = Math.min(in, (int) (center + support + 0.5)) - min;
            first[i] = min;
            weights[i] = fixedPoint(center - min, taps, inverse);
        }
        return new ResampleKernel(first, weights);
    }

    int outputs() {
        return first.length;
    }

    private static int[] fixedPoint(double center, int taps, double inverse) {
        double[] exact = new double[taps];
        double sum = 0;
        for (int x = 0; x < taps; x++) {
            exact[x] = bicubic((x - center + 0.5) * inverse);
            sum += exact[x];
        }
        int[] fixed = new int[taps];
        for (int x = 0; x < taps; x++) {
            double weight = (sum == 0 ? exact[x] : exact[x] / sum) * (1 << PRECISION_BITS);
            fixed[x] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
        }
        return fixed;
    }

    private static double bicubic(double t) {
        double a = -0.5;
        t = Math.abs(t);
        if (t < 1.0) {
            return ((a + 2.0) * t - (a + 3.0)) * t * t + 1;
        }
        return t < 2.0 ? (((t - 5) * t + 8) * t - 4) * a : 0.0;
    }
}
