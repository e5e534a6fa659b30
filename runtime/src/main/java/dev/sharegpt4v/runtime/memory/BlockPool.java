package dev.sharegpt4v.runtime.memory;

import java.util.Arrays;

/** A fixed set of KV blocks: a free list, and how many tables hold each block. */
public final class BlockPool {

    private final int[] free;
    private final int[] holders;
    private int freeCount;

    public BlockPool(int blocks) {
        this.free = new int[blocks];
        this.holders = new int[blocks];
        this.freeCount = blocks;
        // Low ids come out first: neighbouring blocks of a sequence tend to be neighbours in memory.
        Arrays.setAll(free, i -> blocks - 1 - i);
    }

    public int total() {
        return holders.length;
    }

    public int available() {
        return freeCount;
    }

    public int used() {
        return holders.length - freeCount;
    }

    /** Takes a block that the caller holds alone; there must be one. */
    int take() {
        if (freeCount == 0) {
            throw new IllegalStateException("no free block, though the caller had checked. This is a bug.");
        }
        int block = free[--freeCount];
        holders[block] = 1;
        return block;
    }

    /** Lets go of a block; the last holder's release frees it. */
    void release(int block) {
        if (holders[block] < 1) {
            throw new IllegalStateException("block " + block + " is freed twice. This is a bug.");
        }
        if (--holders[block] == 0) {
            free[freeCount++] = block;
        }
    }
}
