package dev.sharegpt4v.runtime.memory;

import java.util.Arrays;

/** One sequence's blocks in order: entry i holds the tokens from {@code i · blockSize} on. */
public final class BlockTable {

    private int[] blocks = new int[8];
    private int size;

    /** Number of blocks. */
    public int size() {
        return size;
    }

    /** A copy of the block ids. */
    public int[] blocks() {
        return Arrays.copyOf(blocks, size);
    }

    void append(int block) {
        if (size == blocks.length) {
            blocks = Arrays.copyOf(blocks, size * 2);
        }
        blocks[size++] = block;
    }

    void clear() {
        size = 0;
    }
}
