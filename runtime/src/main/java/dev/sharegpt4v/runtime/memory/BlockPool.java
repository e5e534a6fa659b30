package dev.sharegpt4v.runtime.memory;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.function.IntConsumer;

/**
 * A fixed set of KV blocks, and how many tables hold each. A block that nobody holds is free, or idle: its content is kept
 * for a later prefix match until a block is needed and it is the one that was let go first.
 */
final class BlockPool {

    private final int[] free;
    private final int[] holders;
    private final boolean[] kept;
    private final LinkedHashSet<Integer> idle = new LinkedHashSet<>();
    private final IntConsumer onEvicted;
    private int freeCount;

    /** A pool that tells which idle block lost its content. */
    BlockPool(int blocks, IntConsumer onEvicted) {
        this.free = new int[blocks];
        this.holders = new int[blocks];
        this.kept = new boolean[blocks];
        this.onEvicted = onEvicted;
        this.freeCount = blocks;
        // Low ids come out first: neighbouring blocks of a sequence tend to be neighbours in memory.
        Arrays.setAll(free, i -> blocks - 1 - i);
    }

    int total() {
        return holders.length;
    }

    /** Blocks that can be taken: free and idle ones. */
    int available() {
        return freeCount + idle.size();
    }

    int used() {
        return holders.length - available();
    }

    /** Blocks that nobody holds and whose content is kept. */
    int idle() {
        return idle.size();
    }

    int holders(int block) {
        return holders[block];
    }

    /** Takes a block that the caller holds alone; there must be one. */
    int take() {
        if (available() == 0) {
            throw new IllegalStateException("no free block, though the caller had checked. This is a bug.");
        }
        if (freeCount == 0) {
            evictEldest();
        }
        int block = free[--freeCount];
        holders[block] = 1;
        return block;
    }

    private void evictEldest() {
        int block = idle.removeFirst();
        kept[block] = false;
        free[freeCount++] = block;
        onEvicted.accept(block);
    }

    /** One more table holds a block that is held or idle. */
    void hold(int block) {
        if (holders[block] == 0 && !idle.remove(block)) {
            throw new IllegalStateException("block " + block + " is free and holds nothing. This is a bug.");
        }
        holders[block]++;
    }

    /** Lets go of a block; the last holder's release makes it idle or free. */
    void release(int block) {
        if (holders[block] < 1) {
            throw new IllegalStateException("block " + block + " is freed twice. This is a bug.");
        }
        if (--holders[block] > 0) {
            return;
        }
        if (kept[block]) {
            idle.add(block);
        } else {
            free[freeCount++] = block;
        }
    }

    /** From now on the block's content outlives its holders. */
    void keep(int block) {
        kept[block] = true;
    }

    /** The block's content is worth nothing any more. */
    void drop(int block) {
        kept[block] = false;
        if (idle.remove(block)) {
            free[freeCount++] = block;
        }
    }
}
