package dev.sharegpt4v.runtime.memory;

import dev.sharegpt4v.runtime.execution.BlockCopy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Blocks held for one step. {@link #commit()} gives them to their tables; closing without it gives them back. */
public final class KvReservation implements AutoCloseable {

    private final BlockPool pool;
    private final List<Held> held;
    private boolean open = true;

    /**
     * What one growth holds.
     *
     * @param table the table that grows
     * @param blocks to append to it
     * @param copy of its block that may not be written, to one that takes its place
     * @param copied index of that block in the table
     */
    record Held(BlockTable table, int[] blocks, Optional<BlockCopy> copy, int copied) {}

    KvReservation(BlockPool pool, List<Held> held) {
        this.pool = pool;
        this.held = List.copyOf(held);
    }

    /** The block table as it will be after the commit, for the growth at this place of the request. */
    public int[] blocks(int index) {
        Held entry = held.get(index);
        int before = entry.table().size();
        int[] after = entry.table().blocks(before + entry.blocks().length);
        System.arraycopy(entry.blocks(), 0, after, before, entry.blocks().length);
        entry.copy().ifPresent(copy -> after[entry.copied()] = copy.to());
        return after;
    }

    /** Blocks to copy before the step writes. */
    public List<BlockCopy> copies() {
        List<BlockCopy> copies = new ArrayList<>();
        held.forEach(entry -> entry.copy().ifPresent(copies::add));
        return copies;
    }

    /** Makes the growth true. */
    public void commit() {
        if (!open) {
            throw new IllegalStateException("a reservation ends once. This is a bug.");
        }
        open = false;
        for (Held entry : held) {
            entry.copy().ifPresent(copy -> {
                entry.table().replace(entry.copied(), copy.to());
                pool.release(copy.from());
            });
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
            entry.copy().ifPresent(copy -> pool.release(copy.to()));
        }
    }
}
