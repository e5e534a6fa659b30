package dev.sharegpt4v.runtime.memory;

import java.util.Arrays;

/** One sequence's blocks in order: entry i holds the tokens from {@code i · blockSize} on. */
public final class BlockTable {

    private int[] blocks = new int[8];
    private int size;
    private int published;

    /** Number of blocks. */
    public int size() {
        return size;
    }

    /** A copy of the block ids. */
    public int[] blocks() {
        return Arrays.copyOf(blocks, size);
    }

    /** A copy of the block ids in an array of the given length, which is no shorter than the table. */
    int[] blocks(int length) {
        int[] copy = new int[length];
        System.arraycopy(blocks, 0, copy, 0, size);
        return copy;
    }

    int block(int index) {
        return blocks[index];
    }

    void append(int block) {
        if (size == blocks.length) {
            blocks = Arrays.copyOf(blocks, size * 2);
        }
        blocks[size++] = block;
    }

    void replace(int index, int block) {
        blocks[index] = block;
    }

    /** Leading blocks whose content was offered to the prefix cache. */
    int published() {
        return published;
    }

    void markPublished(int blocks) {
        published = blocks;
    }

    void clear() {
        size = 0;
        published = 0;
    }
}
