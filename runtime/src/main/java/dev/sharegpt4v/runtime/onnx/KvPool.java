package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.execution.BlockCopy;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelShape;
import java.lang.foreign.MemorySegment;

/**
 * The bytes of the KV cache: [layer][keys, values][block][head], where what one head reads of a block is one run of memory
 * (see {@link KvLayout}).
 */
final class KvPool implements AutoCloseable {

    private final PageMemory pages;
    private final KvLayout layout;
    private final KvCodec codec;
    private final int layers;
    private final int kvHeads;
    private final long keyPlane;
    private final long valuePlane;

    KvPool(ModelShape shape, KvGeometry geometry, KvFormat format) {
        this.layout = new KvLayout(format, geometry.blockSize(), shape.headSize());
        this.codec = KvCodec.of(layout);
        this.layers = shape.layers();
        this.kvHeads = shape.kvHeads();
        this.keyPlane = (long) geometry.blocks() * kvHeads * layout.keyBytes();
        this.valuePlane = (long) geometry.blocks() * kvHeads * layout.valueBytes();
        long bytes = Math.multiplyExact(keyPlane + valuePlane, (long) layers);
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

    KvLayout layout() {
        return layout;
    }

    KvCodec codec() {
        return codec;
    }

    int blockSize() {
        return layout.blockSize();
    }

    int kvHeads() {
        return kvHeads;
    }

    int headSize() {
        return layout.headSize();
    }

    /** Where the keys of a block begin for one head, in bytes. */
    long keys(int layer, int block, int head) {
        return layer * (keyPlane + valuePlane) + ((long) block * kvHeads + head) * layout.keyBytes();
    }

    /** Where the values of a block begin for one head, in bytes. */
    long values(int layer, int block, int head) {
        return layer * (keyPlane + valuePlane) + keyPlane + ((long) block * kvHeads + head) * layout.valueBytes();
    }

    /** Copies a block's keys and values of all layers. */
    void copy(BlockCopy copy) {
        for (int layer = 0; layer < layers; layer++) {
            copy(keys(layer, copy.from(), 0), keys(layer, copy.to(), 0), kvHeads * layout.keyBytes());
            copy(values(layer, copy.from(), 0), values(layer, copy.to(), 0), kvHeads * layout.valueBytes());
        }
    }

    private void copy(long from, long to, long bytes) {
        MemorySegment.copy(bytes(), from, bytes(), to, bytes);
    }

    @Override
    public void close() {
        pages.close();
    }
}
