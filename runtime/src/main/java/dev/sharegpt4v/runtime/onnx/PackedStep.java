package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.execution.FeatureSpan;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import java.util.Arrays;
import java.util.List;

/**
 * A step laid out as the decoder graph wants it: all slices one after the other, without padding.
 *
 * @param inputIds [T]; 0 where an image's features stand, and for padding after the last slice
 * @param imagePositions [F] packed places that features take
 * @param logitRows [R] packed places whose logits are wanted; the last one twice for padding
 * @param cumulative [B+1] first packed place of each slice
 * @param past [B] tokens already cached
 * @param blockTable [B, maxBlocks], padded with 0
 * @param maxBlocks columns of the block table
 * @param slots [T] slot of each token
 */
record PackedStep(
        long[] inputIds,
        long[] imagePositions,
        long[] logitRows,
        int[] cumulative,
        int[] past,
        int[] blockTable,
        int maxBlocks,
        int[] slots) {

    /**
     * Rows of a matrix that ONNX Runtime's threads take at once. Its integer kernels for four bits compute a single row in
     * another order of sums than two and more, and a single row is also what a multiple of this and one leaves over.
     */
    private static final int ROWS_AT_ONCE = 128;

    /** Lays a step out; {@code padding} adds a row wherever a single one would be computed alone. */
    static PackedStep of(ForwardStep step, KvGeometry geometry, boolean padding) {
        List<SequenceSlice> slices = step.slices();
        int tokens = padding ? padded(step.tokens()) : step.tokens();
        int rows = slices.size();
        int features = slices.stream()
                .flatMap(slice -> slice.spans().stream())
                .mapToInt(FeatureSpan::rows)
                .sum();
        int maxBlocks = slices.stream()
                .mapToInt(slice -> geometry.blocksFor(slice.firstPosition() + slice.tokens().length))
                .max()
                .orElse(1);
        PackedStep packed = new PackedStep(
                new long[tokens],
                new long[features],
                new long[padding ? padded(step.logitRows()) : step.logitRows()],
                new int[rows + 1],
                new int[rows],
                new int[rows * maxBlocks],
                maxBlocks,
                new int[tokens]);
        packed.fill(slices, geometry);
        return packed;
    }

    private static int padded(int rows) {
        return rows % ROWS_AT_ONCE == 1 ? rows + 1 : rows;
    }

    int tokens() {
        return inputIds.length;
    }

    int rows() {
        return past.length;
    }

    private void fill(List<SequenceSlice> slices, KvGeometry geometry) {
        int place = 0;
        int feature = 0;
        int logit = 0;
        for (int row = 0; row < slices.size(); row++) {
            SequenceSlice slice = slices.get(row);
            int length = slice.tokens().length;
            past[row] = slice.firstPosition();
            int blocks = geometry.blocksFor(slice.firstPosition() + length);
            System.arraycopy(slice.blocks(), 0, blockTable, row * maxBlocks, blocks);
            for (int i = 0; i < length; i++) {
                int position = slice.firstPosition() + i;
                inputIds[place + i] = slice.tokens()[i];
                slots[place + i] = slice.blocks()[position / geometry.blockSize()] * geometry.blockSize()
                        + position % geometry.blockSize();
            }
            for (FeatureSpan span : slice.spans()) {
                int from = place + span.offset();
                Arrays.fill(inputIds, from, from + span.rows(), 0L);
                for (int i = 0; i < span.rows(); i++) {
                    imagePositions[feature++] = (long) from + i;
                }
            }
            for (int wanted : slice.logitRows()) {
                logitRows[logit++] = (long) place + wanted;
            }
            place += length;
            cumulative[row + 1] = place;
        }
        if (logit > 0) {
            Arrays.fill(logitRows, logit, logitRows.length, logitRows[logit - 1]);
        }
    }
}
