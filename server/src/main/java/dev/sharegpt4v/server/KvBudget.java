package dev.sharegpt4v.server;

import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.onnx.CpuDevice;

/**
 * What the KV cache may be.
 *
 * @param blockSize tokens per block
 * @param format of keys and values
 * @param size of all blocks together
 */
public record KvBudget(int blockSize, KvFormat format, Size size) {

    /** Of the GPU memory that is free after the weights were loaded, unless another share is given. */
    public static final double GPU_SHARE = 0.9;

    /** Bytes that a block takes on the CPU over all layers, scales and padding included. */
    public long blockBytes(ModelShape shape) {
        return CpuDevice.kvBlockBytes(shape, blockSize, format);
    }

    /** How large the cache may be. */
    public sealed interface Size {}

    /** Chosen by the memory there is. */
    public record Automatic() implements Size {}

    /** So many bytes, whatever the memory. */
    public record Bytes(long bytes) implements Size {}

    /** A share, more than 0 and at most 1, of the memory that the model leaves. */
    public record Share(double share) implements Size {
        public Share {
            if (!(share > 0 && share <= 1)) {
                throw new IllegalArgumentException("a share of " + share);
            }
        }
    }
}
