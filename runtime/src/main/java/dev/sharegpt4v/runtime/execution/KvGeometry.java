package dev.sharegpt4v.runtime.execution;

/**
 * How the KV cache is cut into blocks.
 *
 * @param blocks number of blocks, ids 0 to {@code blocks - 1}
 * @param blockSize tokens per block, a power of two and at least 16
 */
public record KvGeometry(int blocks, int blockSize) {

    public KvGeometry {
        if (blocks < 1 || blockSize < 16 || Integer.bitCount(blockSize) != 1) {
            throw new IllegalArgumentException(blocks + " blocks of " + blockSize + " tokens");
        }
    }

    /** Blocks that hold the given number of tokens. */
    public int blocksFor(int tokens) {
        return Math.ceilDiv(tokens, blockSize);
    }
}
