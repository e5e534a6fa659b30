package dev.sharegpt4v.runtime.onnx;

import static dev.sharegpt4v.runtime.onnx.KvLayout.PANEL;
import static dev.sharegpt4v.runtime.onnx.PagedAttentionKernel.SPECIES;

import jdk.incubator.vector.FloatVector;

/** Products of four rows of weights with two vectors of a panel's columns: eight sums in flight hide the latency. */
final class PanelProduct {

    /** Rows of weights. */
    static final int ROWS = 4;
    /** Columns of a panel. */
    static final int COLUMNS = 2 * SPECIES.length();

    private static final int LANES = SPECIES.length();

    private PanelProduct() {}

    /**
     * Adds to [ROWS, COLUMNS] sums.
     *
     * @param weights row r at {@code weight + r · weightStride}
     * @param rows of the panel
     * @param panel from {@code column} on, its rows {@link KvLayout#PANEL} apart
     * @param sums row r at {@code sum + r · sumStride}
     */
    static void add(
            float[] weights,
            int weight,
            int weightStride,
            int rows,
            float[] panel,
            int column,
            float[] sums,
            int sum,
            int sumStride) {
        FloatVector s00 = FloatVector.fromArray(SPECIES, sums, sum);
        FloatVector s01 = FloatVector.fromArray(SPECIES, sums, sum + LANES);
        FloatVector s10 = FloatVector.fromArray(SPECIES, sums, sum + sumStride);
        FloatVector s11 = FloatVector.fromArray(SPECIES, sums, sum + sumStride + LANES);
        FloatVector s20 = FloatVector.fromArray(SPECIES, sums, sum + 2 * sumStride);
        FloatVector s21 = FloatVector.fromArray(SPECIES, sums, sum + 2 * sumStride + LANES);
        FloatVector s30 = FloatVector.fromArray(SPECIES, sums, sum + 3 * sumStride);
        FloatVector s31 = FloatVector.fromArray(SPECIES, sums, sum + 3 * sumStride + LANES);
        for (int row = 0; row < rows; row++) {
            FloatVector left = FloatVector.fromArray(SPECIES, panel, column + row * PANEL);
            FloatVector right = FloatVector.fromArray(SPECIES, panel, column + row * PANEL + LANES);
            FloatVector w0 = FloatVector.broadcast(SPECIES, weights[weight + row]);
            s00 = left.fma(w0, s00);
            s01 = right.fma(w0, s01);
            FloatVector w1 = FloatVector.broadcast(SPECIES, weights[weight + weightStride + row]);
            s10 = left.fma(w1, s10);
            s11 = right.fma(w1, s11);
            FloatVector w2 = FloatVector.broadcast(SPECIES, weights[weight + 2 * weightStride + row]);
            s20 = left.fma(w2, s20);
            s21 = right.fma(w2, s21);
            FloatVector w3 = FloatVector.broadcast(SPECIES, weights[weight + 3 * weightStride + row]);
            s30 = left.fma(w3, s30);
            s31 = right.fma(w3, s31);
        }
        s00.intoArray(sums, sum);
        s01.intoArray(sums, sum + LANES);
        s10.intoArray(sums, sum + sumStride);
        s11.intoArray(sums, sum + sumStride + LANES);
        s20.intoArray(sums, sum + 2 * sumStride);
        s21.intoArray(sums, sum + 2 * sumStride + LANES);
        s30.intoArray(sums, sum + 3 * sumStride);
        s31.intoArray(sums, sum + 3 * sumStride + LANES);
    }
}
