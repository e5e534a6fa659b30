package dev.sharegpt4v.runtime.accelerator;

import dev.sharegpt4v.runtime.execution.PackedStep;

/**
 * Decode steps that are padded to one size, so that shapes and addresses repeat.
 *
 * @param rows sequences of one token each
 * @param columns of the block table
 */
record DecodeBucket(int rows, int columns) {

    PackedStep.Sizes sizes() {
        return new PackedStep.Sizes(rows, rows, columns, rows);
    }
}
