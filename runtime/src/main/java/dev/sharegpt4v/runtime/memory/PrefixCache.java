package dev.sharegpt4v.runtime.memory;

import dev.sharegpt4v.runtime.execution.ContentHash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which block holds which content. Whole blocks are found by the chained hash of all before them and themselves; where no
 * whole block matches, the block with the longest equal beginning is found among those with the same predecessors.
 *
 * <p>Source: automatic prefix caching of vLLM (arXiv:2309.06180, section 4.4), with matches inside of blocks added.
 */
final class PrefixCache {

    /** The content of a block; {@code chain} is there when the block is whole. */
    private record Entry(ContentHash parent, long[] keys, Optional<ContentHash> chain) {}

    private final int blockSize;
    private final @Nullable Entry[] entries;
    private final Map<ContentHash, Integer> whole = new HashMap<>();
    private final Map<ContentHash, List<Integer>> children = new HashMap<>();

    PrefixCache(int blocks, int blockSize) {
        this.blockSize = blockSize;
        this.entries = new Entry[blocks];
    }

    /** The longest match of at most {@code limit} positions whose first blocks, up to {@code from}, are there already. */
    PrefixMatch find(PrefixKeys keys, int from, int limit) {
        List<Integer> blocks = new ArrayList<>();
        int at = from;
        while (at + blockSize <= limit) {
            Integer block = whole.get(keys.chain(at / blockSize + 1));
            if (block == null) {
                break;
            }
            blocks.add(block);
            at += blockSize;
        }
        int longest = 0;
        int best = -1;
        for (int child : children.getOrDefault(keys.chain(at / blockSize), List.of())) {
            int common = common(child, keys, at, limit);
            if (common > longest) {
                longest = common;
                best = child;
            }
        }
        if (longest > 0) {
            blocks.add(best);
        }
        return new PrefixMatch(blocks, at + longest);
    }

    private int common(int block, PrefixKeys keys, int from, int limit) {
        Entry entry = entry(block);
        int most = Math.min(entry.keys().length, limit - from);
        int common = 0;
        while (common < most && entry.keys()[common] == keys.key(from + common)) {
            common++;
        }
        return common;
    }

    /** Positions of a block that others may come to read. */
    int known(int block) {
        Entry entry = entries[block];
        return entry == null ? 0 : entry.keys().length;
    }

    /**
     * Notes what a block holds, unless another block is known to hold the same or more.
     *
     * @return whether it was noted
     */
    boolean offer(int block, PrefixKeys keys, int index, int tokens) {
        if (known(block) >= tokens) {
            return false;
        }
        int from = index * blockSize;
        ContentHash parent = keys.chain(index);
        Optional<ContentHash> chain = tokens == blockSize ? Optional.of(keys.chain(index + 1)) : Optional.empty();
        if (chain.isPresent() ? whole.containsKey(chain.get()) : isKnown(parent, keys, from, tokens)) {
            return false;
        }
        forget(block);
        entries[block] = new Entry(parent, keys.range(from, from + tokens), chain);
        chain.ifPresent(hash -> whole.put(hash, block));
        children.computeIfAbsent(parent, _ -> new ArrayList<>()).add(block);
        return true;
    }

    private boolean isKnown(ContentHash parent, PrefixKeys keys, int from, int tokens) {
        return children.getOrDefault(parent, List.of()).stream()
                .anyMatch(child -> common(child, keys, from, from + tokens) == tokens);
    }

    /** Forgets what a block holds. */
    void forget(int block) {
        Entry entry = entries[block];
        if (entry == null) {
            return;
        }
        entries[block] = null;
        entry.chain().ifPresent(whole::remove);
        List<Integer> siblings = children.getOrDefault(entry.parent(), new ArrayList<>());
        siblings.removeIf(sibling -> sibling == block);
        if (siblings.isEmpty()) {
            children.remove(entry.parent());
        }
    }

    private Entry entry(int block) {
        Entry entry = entries[block];
        if (entry == null) {
            throw new IllegalStateException("block " + block + " is listed and unknown. This is a bug.");
        }
        return entry;
    }
}
