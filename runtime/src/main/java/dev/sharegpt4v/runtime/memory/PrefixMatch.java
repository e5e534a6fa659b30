package dev.sharegpt4v.runtime.memory;

import java.util.List;

/**
 * Cached blocks that begin as a sequence does.
 *
 * @param blocks in order; all are whole but the last, of which a beginning may match
 * @param tokens positions that match
 */
public record PrefixMatch(List<Integer> blocks, int tokens) {

    static final PrefixMatch NONE = new PrefixMatch(List.of(), 0);

    public PrefixMatch {
        blocks = List.copyOf(blocks);
    }

    /** The match without a last block of which only a beginning matches. */
    PrefixMatch wholeBlocks(int blockSize) {
        int rest = tokens % blockSize;
        return rest == 0 ? this : new PrefixMatch(blocks.subList(0, blocks.size() - 1), tokens - rest);
    }
}
