package dev.sharegpt4v.runtime.accelerator;

import dev.sharegpt4v.runtime.execution.ActivationType;
import dev.sharegpt4v.runtime.execution.BlockCopy;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelShape;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values in one stretch of device memory: for each layer a tensor of keys and one of values, both
 * [blocks, block size, key/value heads, head size].
 */
public final class DeviceKvCache implements KvStore {

    private final Accelerator accelerator;
    private final DeviceMemory memory;
    private final List<BoundTensor> tensors = new ArrayList<>();
    private final long tensorBlock;

    /** Allocates it. */
    public DeviceKvCache(Accelerator accelerator, ModelShape shape, KvGeometry geometry, ActivationType type) {
        this.accelerator = accelerator;
        this.tensorBlock = blockBytes(shape, geometry.blockSize(), type) / (2L * shape.layers());
        long plane = Math.multiplyExact(tensorBlock, (long) geometry.blocks());
        this.memory = accelerator.allocate(Math.multiplyExact(plane, 2L * shape.layers()));
        TensorType element = switch (type) {
            case FP16 -> TensorType.FLOAT16;
            case BF16 -> TensorType.BFLOAT16;
        };
        for (int layer = 0; layer < shape.layers(); layer++) {
            for (String kind : List.of("key_cache.", "value_cache.")) {
                tensors.add(BoundTensor.of(
                        kind + layer,
                        element,
                        memory.slice(tensors.size() * plane, plane),
                        geometry.blocks(),
                        geometry.blockSize(),
                        shape.kvHeads(),
                        shape.headSize()));
            }
        }
    }

    /** Bytes that a block takes over all layers. */
    public static long blockBytes(ModelShape shape, int blockSize, ActivationType type) {
        return 2L * shape.layers() * blockSize * shape.kvHeads() * shape.headSize() * type.bytes();
    }

    @Override
    public List<BoundTensor> tensors() {
        return tensors;
    }

    @Override
    public void copy(BlockCopy copy) {
        for (BoundTensor tensor : tensors) {
            accelerator.copy(block(tensor, copy.from()), block(tensor, copy.to()));
        }
    }

    private DeviceMemory block(BoundTensor tensor, int block) {
        return tensor.memory().slice(block * tensorBlock, tensorBlock);
    }

    @Override
    public void close() {
        accelerator.free(memory);
    }
}
