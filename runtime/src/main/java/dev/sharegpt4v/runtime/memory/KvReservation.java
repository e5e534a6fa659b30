package dev.sharegpt4v.runtime.memory;

import java.util.Arrays;
import java.util.List;

/** Blocks held for one step. {@link #commit()} gives them to their tables; closing without it gives them back. */
public final class KvReservation implements AutoCloseable {

    private final BlockPool pool;
    private final List<Held> held;
    private boolean open = true;

    record Held(BlockTable table, int[] blocks) {}

    KvReservation(BlockPool pool, List<Held> held) {
        this.pool = pool;
        this.held = List.copyOf(held);
    }

    /** The block table as it will be after the commit, for the growth at this place of the request. */
    public int[] blocks(int index) {
        Held entry = held.get(index);
        int[] before = entry.table().blocks();
        int[] after = Arrays.copyOf(before, before.length + entry.blocks().length);
        System.arraycopy(entry.blocks(), 0, after, before.length, entry.blocks().length);
        return after;
    }

    /** Makes the growth true. */
    public void commit() {
        requireOpen();
        open = false;
        for (Held entry : held) {
            for (int block : entry.blocks()) {
                entry.table().append(block);
            }
        }
    }

    @Override
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        for (Held entry : held) {
            for (int i = entry.blocks().length - 1; i >= 0; i--) {
                pool.release(entry.blocks()[i]);
            }
        }
    }

    private void requireOpen() {
        if (!open) {
            throw new IllegalStateException("a reservation ends once. This is a bug.");
        }
    }
}
