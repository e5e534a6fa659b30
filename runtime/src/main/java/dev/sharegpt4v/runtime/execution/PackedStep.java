package dev.sharegpt4v.runtime.execution;

import java.util.Arrays;
import java.util.List;

/**
 * A step laid out as decoder graphs want it (docs/graphs.md): all slices one after the other.
 *
 * @param inputIds [T]; 0 where an image's features stand, and for padding
 * @param imagePositions [F] packed places that features take
 * @param logitRows [R] packed places whose logits are wanted; the last one again for padding
 * @param cumulative [B+1] first packed place of each slice
 * @param past [B] tokens already cached
 * @param blockTable [B, columns], padded with 0
 * @param columns of the block table
 * @param slots [T] slot of each token; {@link #NO_SLOT} for padding
 */
public record PackedStep(
        long[] inputIds,
        long[] imagePositions,
        long[] logitRows,
        int[] cumulative,
        int[] past,
        int[] blockTable,
        int columns,
        int[] slots) {

    /** A slot that stands for none: nothing is written. */
    public static final int NO_SLOT = -1;

    /**
     * How large a step is laid out. What is more than the step has is padding: rows of one token each, which see nothing but
     * themselves and write nothing; then tokens that belong to no row; then logits that nobody asked for.
     *
     * @param tokens T
     * @param rows B
     * @param columns of the block table
     * @param logitRows R
     */
    public record Sizes(int tokens, int rows, int columns, int logitRows) {

        /** The sizes of a step without padding. */
        public static Sizes of(ForwardStep step, KvGeometry geometry) {
            int columns = 1;
            for (SequenceSlice slice : step.slices()) {
                columns = Math.max(columns, geometry.blocksFor(slice.firstPosition() + slice.tokens().length));
            }
            return new Sizes(step.tokens(), step.slices().size(), columns, step.logitRows());
        }
    }

    /** Lays a step out in sizes that are at least its own. */
    public static PackedStep of(ForwardStep step, KvGeometry geometry, Sizes sizes) {
        List<SequenceSlice> slices = step.slices();
        int features = slices.stream()
                .flatMap(slice -> slice.spans().stream())
                .mapToInt(FeatureSpan::rows)
                .sum();
        PackedStep packed = new PackedStep(
                new long[sizes.tokens()],
                new long[features],
                new long[sizes.logitRows()],
                new int[sizes.rows() + 1],
                new int[sizes.rows()],
                new int[sizes.rows() * sizes.columns()],
                sizes.columns(),
                new int[sizes.tokens()]);
        packed.fill(slices, geometry);
        return packed;
    }

    public int tokens() {
        return inputIds.length;
    }

    public int rows() {
        return past.length;
    }

    /** Tokens of the longest row. */
    public int longestSlice() {
        int longest = 0;
        for (int row = 0; row < rows(); row++) {
            longest = Math.max(longest, cumulative[row + 1] - cumulative[row]);
        }
        return longest;
    }

    /** Tokens that the row with the most of them attends over. */
    public int longestContext() {
        int longest = 0;
        for (int row = 0; row < rows(); row++) {
            longest = Math.max(longest, past[row] + cumulative[row + 1] - cumulative[row]);
        }
        return longest;
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
            System.arraycopy(slice.blocks(), 0, blockTable, row * columns, blocks);
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
        Arrays.fill(slots, place, slots.length, NO_SLOT);
        for (int row = slices.size(); row < rows(); row++) {
            cumulative[row + 1] = ++place;
        }
        if (logit > 0) {
            Arrays.fill(logitRows, logit, logitRows.length, logitRows[logit - 1]);
        }
    }
}
