package dev.sharegpt4v.runtime.execution;

/**
 * The logits of one step: {@code rows} rows of {@code vocabularySize} floats, in the order of the slices' logit rows.
 *
 * <p>Valid until the next call of {@link ModelExecutor#forward}.
 */
public interface Logits {

    /** Number of rows. */
    int rows();

    /** Length of a row. */
    int vocabularySize();

    /** Copies a row into {@code target}, which holds at least {@link #vocabularySize()} floats. */
    void copyRow(int row, float[] target);
}
