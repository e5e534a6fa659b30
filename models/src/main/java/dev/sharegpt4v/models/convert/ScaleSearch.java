package dev.sharegpt4v.models.convert;

/**
 * Finds the scale and the zero point of a block of 4-bit codes that leave the least squared error.
 *
 * <p>Candidates are the range from the smallest to the largest weight, narrowed step by step around three zero points. The
 * codes of a candidate give its best scale in closed form, {@code Σ code·weight / Σ code²}, and the error that is left
 * then. Everything runs on integers of 16 bits, so that sums are the same in any order: on every machine, vectorised or not.
 */
final class ScaleSearch {

    private static final int LARGEST_CODE = 15;
    private static final int MIDDLE = 8;

    /** Weights as integers; the largest magnitude of a block becomes this. */
    private static final int UNIT = Short.MAX_VALUE;

    /** Binary places of a weight times the inverse of a scale. */
    private static final int PLACES = 25;

    /** Below this a product overflows; the best scale of any block is far above. */
    private static final int SMALLEST_SCALE = 700;

    /** Ranges are tried from {@code 1 + WIDER * STEP} of the extremes' on, down to a half. */
    private static final int WIDER = 2;

    private static final int WIDTHS = 15;
    private static final float STEP = 0.035f;

    private final int[] block;
    private int count;

    /** Products of the candidate that {@link #tryCodes} saw last. */
    private int codesTimesWeights;

    private int codesSquared;

    private double bestGain;
    private float bestScale;
    private int bestZeroPoint;

    ScaleSearch(int blockSize) {
        this.block = new int[blockSize];
    }

    /**
     * Searches {@code row[start, end)}.
     *
     * @param smallest weight of the block, or 0
     * @param largest weight of the block, or 0; not both are 0
     */
    void run(float[] row, int start, int end, float smallest, float largest) {
        float magnitude = Math.max(largest, -smallest);
        load(row, start, end, UNIT / magnitude);
        bestGain = -1;
        float range = (largest - smallest) / magnitude * UNIT;
        float below = -smallest / magnitude * UNIT;
        for (int width = 0; width < WIDTHS; width++) {
            float factor = factor(width);
            float scale = range / LARGEST_CODE * factor;
            // What is cut off is cut off at both ends alike.
            int zeroPoint = Math.round((below - range * (1 - factor) / 2) / scale);
            consider(scale, zeroPoint);
            consider(scale, zeroPoint - 1);
            consider(scale, zeroPoint + 1);
        }
        finish(magnitude);
    }

    /** The same without a zero point: the middle of the codes stands for 0, and a scale may be negative. */
    void runSymmetric(float[] row, int start, int end, float magnitude) {
        load(row, start, end, UNIT / magnitude);
        bestGain = -1;
        for (int width = 0; width < WIDTHS; width++) {
            float scale = (float) UNIT / MIDDLE * factor(width);
            consider(scale, MIDDLE);
            consider(-scale, MIDDLE);
        }
        finish(magnitude);
    }

    float scale() {
        return bestScale;
    }

    int zeroPoint() {
        return bestZeroPoint;
    }

    private static float factor(int width) {
        return 1 + (WIDER - width) * STEP;
    }

    private void load(float[] row, int start, int end, float unit) {
        count = end - start;
        for (int i = 0; i < count; i++) {
            block[i] = Math.round(row[start + i] * unit);
        }
    }

    private void consider(float scale, int zeroPoint) {
        if (Math.abs(scale) < SMALLEST_SCALE) {
            return;
        }
        int zero = Math.clamp(zeroPoint, 0, LARGEST_CODE);
        tryCodes(block, count, Math.round((1 << PLACES) / scale), zero);
        if (codesSquared == 0) {
            return;
        }
        double gain = (double) codesTimesWeights * codesTimesWeights / codesSquared;
        if (gain > bestGain) {
            bestGain = gain;
            bestScale = (float) codesTimesWeights / codesSquared;
            bestZeroPoint = zero;
        }
    }

    /** The best scale gives some weights another code, which gives a still better scale. */
    private void finish(float magnitude) {
        consider(bestScale, bestZeroPoint);
        bestScale *= magnitude / UNIT;
    }

    private void tryCodes(int[] weights, int length, int inverse, int zero) {
        int shift = (zero << PLACES) + (1 << (PLACES - 1));
        int product = 0;
        int square = 0;
        for (int i = 0; i < length; i++) {
            int weight = weights[i];
            int code = Math.min(Math.max((weight * inverse + shift) >> PLACES, 0), LARGEST_CODE) - zero;
            product += code * weight;
            square += code * code;
        }
        codesTimesWeights = product;
        codesSquared = square;
    }
}
