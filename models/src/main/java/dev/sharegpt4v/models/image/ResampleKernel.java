package dev.sharegpt4v.models.image;

/**
 * Pillow's bicubic coefficients for one axis, in fixed point, for a window of the output, of pixels that may stand inside
 * a larger, evenly coloured canvas.
 *
 * <p>The canvas is never built: weights that fall outside the pixels meet its one colour, so their sum is enough. Integer
 * sums do not depend on order, hence the result equals that of the padded image bit for bit. Source: Pillow's Resample.c,
 * {@code precompute_coeffs} and {@code normalize_coeffs_8bpc}, a = -0.5.
 *
 * @param first per output place, the first pixel with weight
 * @param weights per output place, weights of the pixels from there on, times 2^22
 * @param outside per output place, the weight of the canvas
 */
record ResampleKernel(int[] first, int[][] weights, int[] outside) {

    static final int PRECISION_BITS = 22;
    private static final double SUPPORT = 2.0;
    private static final int ARRAY_BYTES = 24;

    /**
     * The kernel of an axis.
     *
     * @param axis sizes before and after
     * @param mirrored whether pixels are stored from right to left
     */
    static ResampleKernel of(Axis axis, boolean mirrored) {
        double scale = (double) axis.canvas() / axis.out();
        double filterScale = Math.max(scale, 1.0);
        double support = SUPPORT * filterScale;
        double inverse = 1.0 / filterScale;
        int[] first = new int[axis.count()];
        int[][] weights = new int[axis.count()][];
        int[] outside = new int[axis.count()];
        for (int i = 0; i < axis.count(); i++) {
            double center = (axis.from() + i + 0.5) * scale;
            int min = Math.max(0, (int) (center - support + 0.5));
            int taps = Math.min(axis.canvas(), (int) (center + support + 0.5)) - min;
            int[] all = fixedPoint(center - min, taps, inverse);
            int begin = Math.clamp(axis.offset() - min, 0, taps);
            int end = Math.clamp(axis.offset() + axis.pixels() - min, begin, taps);
            outside[i] = sum(all, 0, begin) + sum(all, end, taps);
            weights[i] = new int[end - begin];
            int from = Math.clamp(min + begin - axis.offset(), 0, axis.pixels());
            first[i] = mirrored ? axis.pixels() - from - (end - begin) : from;
            for (int tap = begin; tap < end; tap++) {
                weights[i][mirrored ? end - 1 - tap : tap - begin] = all[tap];
            }
        }
        return new ResampleKernel(first, weights, outside);
    }

    /**
     * Sizes along one axis.
     *
     * @param pixels of the picture
     * @param offset places of canvas before it
     * @param canvas places in all
     * @param out places after resampling
     * @param from first of them that is wanted
     * @param count of them that are wanted
     */
    record Axis(int pixels, int offset, int canvas, int out, int from, int count) {}

    /** Bytes of its arrays, headers included. */
    long bytes() {
        long bytes = 8L * first.length;
        for (int[] own : weights) {
            bytes += ARRAY_BYTES + 4L * own.length;
        }
        return bytes;
    }

    int outputs() {
        return first.length;
    }

    /** The first pixel that has weight anywhere. */
    int begin() {
        int begin = Integer.MAX_VALUE;
        for (int i = 0; i < first.length; i++) {
            begin = weights[i].length == 0 ? begin : Math.min(begin, first[i]);
        }
        return begin == Integer.MAX_VALUE ? 0 : begin;
    }

    /** The end of the pixels that have weight anywhere. */
    int end() {
        int end = begin() + 1;
        for (int i = 0; i < first.length; i++) {
            end = weights[i].length == 0 ? end : Math.max(end, first[i] + weights[i].length);
        }
        return end;
    }

    /** The most pixels that have weight in one output. */
    int widest() {
        int widest = 1;
        for (int[] one : weights) {
            widest = Math.max(widest, one.length);
        }
        return widest;
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

    private static int sum(int[] weights, int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            sum += weights[i];
        }
        return sum;
    }
}
