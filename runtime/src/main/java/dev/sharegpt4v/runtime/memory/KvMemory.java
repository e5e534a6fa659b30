package dev.sharegpt4v.runtime.memory;

import dev.sharegpt4v.runtime.execution.BlockCopy;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Says what fits and hands out blocks: the growth of a whole plan is reserved or refused as one. Blocks whose content is
 * known are shared by all sequences that begin alike, and copied before somebody writes where another may read.
 */
public final class KvMemory {

    private static final int[] NO_BLOCKS = new int[0];

    private final KvGeometry geometry;
    private final boolean caching;
    private final PrefixCache cache;
    private final BlockPool pool;

    /** A memory of empty blocks; {@code caching} keeps the content of blocks that nobody holds for later sequences. */
    public KvMemory(KvGeometry geometry, boolean caching) {
        this.geometry = geometry;
        this.caching = caching;
        this.cache = new PrefixCache(geometry.blocks(), geometry.blockSize());
        this.pool = new BlockPool(geometry.blocks(), cache::forget);
    }

    /**
     * A table that is written by the step.
     *
     * @param table the table
     * @param from first position that is written
     * @param to positions it must hold
     */
    public record Growth(BlockTable table, int from, int to) {}

    public KvGeometry geometry() {
        return geometry;
    }

    /** Whether a sequence of so many tokens could have all the memory there is. */
    public boolean canEverFit(int tokens) {
        return geometry.blocksFor(tokens) <= geometry.blocks();
    }

    /** Blocks that a growth takes. */
    public int missingBlocks(Growth growth) {
        int more = Math.max(0, geometry.blocksFor(growth.to()) - growth.table().size());
        return more + (mustCopy(growth) ? 1 : 0);
    }

    /** Where the first block that is written has other readers, or may get them. */
    private boolean mustCopy(Growth growth) {
        int index = growth.from() / geometry.blockSize();
        if (index >= growth.table().size() || growth.to() <= growth.from()) {
            return false;
        }
        int block = growth.table().block(index);
        return pool.holders(block) > 1 || cache.known(block) > growth.from() % geometry.blockSize();
    }

    /** Blocks that nobody holds; some of them keep a content until they are needed. */
    public int freeBlocks() {
        return pool.available();
    }

    /** The longest cached beginning of a sequence, of {@code limit} positions at most. */
    public PrefixMatch find(PrefixKeys keys, int limit) {
        return caching ? cache.find(keys, 0, limit) : PrefixMatch.NONE;
    }

    /** The match without a block that would have to be copied. */
    public PrefixMatch withoutCopy(PrefixMatch match) {
        return match.wholeBlocks(geometry.blockSize());
    }

    /** Blocks of {@link #freeBlocks()} that a new sequence takes when it begins with a match and grows to {@code to}. */
    public int blocksToStart(PrefixMatch match, int to) {
        int held = 0;
        for (int block : match.blocks()) {
            held += pool.holders(block) > 0 ? 1 : 0;
        }
        int copies = match.tokens() % geometry.blockSize() == 0 ? 0 : 1;
        return geometry.blocksFor(to) + copies - held;
    }

    /** Gives an empty table the blocks of a match. */
    public void adopt(BlockTable table, PrefixMatch match) {
        for (int block : match.blocks()) {
            pool.hold(block);
            table.append(block);
        }
        table.markPublished(match.tokens() / geometry.blockSize());
    }

    /**
     * Gives a table more blocks of its sequence that were cached since it began.
     *
     * @param computed positions that it holds; nothing is found unless they end with a block
     * @param limit positions that may be found
     * @param copying whether a block may be found of which only a beginning matches
     * @return positions that it holds now
     */
    public int extend(BlockTable table, PrefixKeys keys, int computed, int limit, boolean copying) {
        int index = computed / geometry.blockSize();
        if (!caching || computed % geometry.blockSize() != 0 || index != table.size()) {
            return computed;
        }
        PrefixMatch found = cache.find(keys, computed, limit);
        PrefixMatch match = copying ? found : withoutCopy(found);
        adopt(table, match);
        return match.tokens();
    }

    /** Lets others find a sequence's whole blocks; what the table holds of it was computed up to {@code computed}. */
    public void publish(BlockTable table, PrefixKeys keys, int computed) {
        if (!caching) {
            return;
        }
        int whole = computed / geometry.blockSize();
        for (int index = table.published(); index < whole; index++) {
            offer(table.block(index), keys, index, geometry.blockSize());
        }
        table.markPublished(Math.max(whole, table.published()));
    }

    /** Lets others find the last block too, which may be filled in part only. */
    public void publishAll(BlockTable table, PrefixKeys keys, int computed) {
        publish(table, keys, computed);
        int rest = computed % geometry.blockSize();
        if (caching && rest > 0) {
            offer(table.block(computed / geometry.blockSize()), keys, computed / geometry.blockSize(), rest);
        }
    }

    private void offer(int block, PrefixKeys keys, int index, int tokens) {
        if (cache.offer(block, keys, index, tokens)) {
            pool.keep(block);
        }
    }

    /** Nobody may read what a table alone holds: it is not what it should be. */
    public void distrust(BlockTable table) {
        for (int block : table.blocks()) {
            cache.forget(block);
            pool.drop(block);
        }
    }

    /** Takes the blocks that all growths need together, or none. */
    public Optional<KvReservation> reserve(List<Growth> growths) {
        int needed = 0;
        for (Growth growth : growths) {
            needed += missingBlocks(growth);
        }
        if (needed > pool.available()) {
            return Optional.empty();
        }
        List<KvReservation.Held> held = new ArrayList<>(growths.size());
        for (Growth growth : growths) {
            held.add(hold(growth));
        }
        return Optional.of(new KvReservation(pool, held));
    }

    private KvReservation.Held hold(Growth growth) {
        int index = growth.from() / geometry.blockSize();
        Optional<BlockCopy> copy = mustCopy(growth)
                ? Optional.of(new BlockCopy(growth.table().block(index), pool.take()))
                : Optional.empty();
        int more = Math.max(0, geometry.blocksFor(growth.to()) - growth.table().size());
        int[] blocks = more == 0 ? NO_BLOCKS : new int[more];
        for (int i = 0; i < more; i++) {
            blocks[i] = pool.take();
        }
        return new KvReservation.Held(growth.table(), blocks, copy, index);
    }

    /** Gives back all blocks of a table, the last first: what begins many sequences is kept longest. */
    public void release(BlockTable table) {
        for (int i = table.size() - 1; i >= 0; i--) {
            pool.release(table.block(i));
        }
        table.clear();
    }

    /** How many tables hold a block. */
    public int holders(int block) {
        return pool.holders(block);
    }

    public int usedBlocks() {
        return pool.used();
    }

    /** Blocks that nobody holds and whose content later sequences may find. */
    public int cachedBlocks() {
        return pool.idle();
    }

    public int totalBlocks() {
        return pool.total();
    }
}
