package dev.sharegpt4v.runtime.memory;

import dev.sharegpt4v.runtime.execution.KvGeometry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says what fits and hands out blocks: the growth of a whole plan is reserved or refused as one. */
public final class KvMemory {

    private final KvGeometry geometry;
    private final BlockPool pool;

    public KvMemory(KvGeometry geometry) {
        this.geometry = geometry;
        this.pool = new BlockPool(geometry.blocks());
    }

    /**
     * A table that must hold more tokens after the step.
     *
     * @param table the table
     * @param tokens tokens it must hold
     */
    public record Growth(BlockTable table, int tokens) {}

    /** Whether a sequence of so many tokens could have all the memory there is. */
    public boolean canEverFit(int tokens) {
        return geometry.blocksFor(tokens) <= geometry.blocks();
    }

    /** Blocks that a table lacks to hold so many tokens. */
    public int missingBlocks(BlockTable table, int tokens) {
        return Math.max(0, geometry.blocksFor(tokens) - table.size());
    }

    /** Blocks that nobody holds. */
    public int freeBlocks() {
        return pool.available();
    }

    /** Takes the blocks that all growths need together, or none. */
    public Optional<KvReservation> reserve(List<Growth> growths) {
        int needed = 0;
        for (Growth growth : growths) {
            needed += missingBlocks(growth.table(), growth.tokens());
        }
        if (needed > pool.available()) {
            return Optional.empty();
        }
        List<KvReservation.Held> held = new ArrayList<>(growths.size());
        for (Growth growth : growths) {
            int[] blocks = new int[missingBlocks(growth.table(), growth.tokens())];
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = pool.take();
            }
            held.add(new KvReservation.Held(growth.table(), blocks));
        }
        return Optional.of(new KvReservation(pool, held));
    }

    /** Gives back all blocks of a table. */
    public void release(BlockTable table) {
        for (int block : table.blocks()) {
            pool.release(block);
        }
        table.clear();
    }

    public int usedBlocks() {
        return pool.used();
    }

    public int totalBlocks() {
        return pool.total();
    }
}
