package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.PackedStep;

/**
 * Rows that stand beside single ones. ONNX Runtime's integer kernels for four bits compute a single row in another order of
 * sums than two and more; see docs/adr/0009.
 */
final class SingleRows {

    /** Rows of a matrix that ONNX Runtime's threads take at once: a multiple of it and one leaves a single row over. */
    private static final int ROWS_AT_ONCE = 128;

    private SingleRows() {}

    /** The sizes of a step; {@code padding} adds a row wherever a single one would be computed alone. */
    static PackedStep.Sizes sizes(ForwardStep step, KvGeometry geometry, boolean padding) {
        PackedStep.Sizes own = PackedStep.Sizes.of(step, geometry);
        return padding
                ? new PackedStep.Sizes(widened(own.tokens()), own.rows(), own.columns(), widened(own.logitRows()))
                : own;
    }

    /** So many rows, or one more. */
    static int widened(int rows) {
        return rows % ROWS_AT_ONCE == 1 ? rows + 1 : rows;
    }
}
