package dev.sharegpt4v.runtime.accelerator;

import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.PackedStep;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import java.util.Optional;

/**
 * Which bucket a step belongs to: rows 1, 2, 4, 8 and so on, and 8, 16, 32 columns and so on up to a whole context. Between
 * two powers of two a step costs what its weights and its own keys and values cost; empty rows add almost nothing.
 */
final class DecodeBuckets {

    /** Steps of more sequences are bound by arithmetic: launching kernels is a small part of them. */
    static final int MOST_ROWS = 256;

    private static final int LEAST_COLUMNS = 8;

    private final KvGeometry geometry;
    private final int leastRows;
    private final int mostColumns;

    /**
     * Buckets of a model.
     *
     * @param leastRows rows that even a single sequence gets
     */
    DecodeBuckets(KvGeometry geometry, int contextLength, int leastRows) {
        this.geometry = geometry;
        this.leastRows = leastRows;
        this.mostColumns = geometry.blocksFor(contextLength);
    }

    /** Columns of the largest bucket. */
    int mostColumns() {
        return mostColumns;
    }

    /** The bucket of a step in which each sequence has one token and asks for its logits; none for others. */
    Optional<DecodeBucket> of(ForwardStep step) {
        if (step.slices().size() > MOST_ROWS || !step.slices().stream().allMatch(DecodeBuckets::decodes)) {
            return Optional.empty();
        }
        int columns = PackedStep.Sizes.of(step, geometry).columns();
        return columns > mostColumns
                ? Optional.empty()
                : Optional.of(new DecodeBucket(
                        Math.max(leastRows, powerFrom(step.slices().size())), columns(columns)));
    }

    private static boolean decodes(SequenceSlice slice) {
        return slice.tokens().length == 1 && slice.spans().isEmpty() && slice.logitRows().length == 1;
    }

    private int columns(int needed) {
        return Math.min(mostColumns, Math.max(LEAST_COLUMNS, powerFrom(needed)));
    }

    /** The smallest power of two that is not smaller. */
    private static int powerFrom(int number) {
        return number == 1 ? 1 : Integer.highestOneBit(number - 1) << 1;
    }
}
