package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.execution.BlockCopy;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelShape;
import java.lang.foreign.MemorySegment;

/**
 * The bytes of the KV cache, fp32. Per layer and block, for each head, the keys of the block's tokens stand in one run,
 * and so do the values: what one head reads of a block is contiguous.
 *
 * <p>Layout: [layer][keys, values][block][head][token][channel], where a head's channels are followed by zeros up to a
 * multiple of the vector length: {@link #headStride()} floats in all.
 */
final class KvPool implements AutoCloseable {

    private final PageMemory pages;
    private final int blockSize;
    private final int kvHeads;
    private final int headSize;
    private final int headStride;
    private final long plane;

    KvPool(ModelShape shape, KvGeometry geometry) {
        this.blockSize = geometry.blockSize();
        this.kvHeads = shape.kvHeads();
        this.headSize = shape.headSize();
        int lanes = PagedAttentionKernel.SPECIES.length();
        this.headStride = Math.ceilDiv(headSize, lanes) * lanes;
        this.plane = (long) geometry.blocks() * kvHeads * blockSize * headStride * Float.BYTES;
        long bytes = Math.multiplyExact(plane, 2L * shape.layers());
        try {
            this.pages = PageMemory.allocate(bytes);
        } catch (OutOfMemoryError e) {
            throw new ExecutionFailure(
                    ExecutionFailure.Kind.OUT_OF_MEMORY, "no room for a KV cache of " + bytes + " bytes", e);
        }
    }

    MemorySegment bytes() {
        return pages.memory();
    }

    int blockSize() {
        return blockSize;
    }

    int kvHeads() {
        return kvHeads;
    }

    int headSize() {
        return headSize;
    }

    /** Floats from one token's head to the next token's. */
    int headStride() {
        return headStride;
    }

    /** Where the keys of a block begin for one head, in bytes. */
    long keys(int layer, int block, int head) {
        return 2L * layer * plane + within(block, head);
    }

    /** Where the values of a block begin for one head, in bytes. */
    long values(int layer, int block, int head) {
        return (2L * layer + 1) * plane + within(block, head);
    }

    private long within(int block, int head) {
        return ((long) block * kvHeads + head) * blockSize * headStride * Float.BYTES;
    }

    /** Copies a block's keys and values of all layers. */
    void copy(BlockCopy copy) {
        long bytes = (long) kvHeads * blockSize * headStride * Float.BYTES;
        for (long half = 0; half * plane < pages.memory().byteSize(); half++) {
            long start = half * plane;
            MemorySegment.copy(bytes(), start + within(copy.from(), 0), bytes(), start + within(copy.to(), 0), bytes);
        }
    }

    @Override
    public void close() {
        pages.close();
    }
}
