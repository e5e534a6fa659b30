package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.KvGeometry;

/**
 * How to run on the CPU.
 *
 * @param threads that work on one decoder step
 * @param encoderThreads that work on one batch of images
 * @param encoderBatch images per batch at most
 * @param geometry of the KV cache
 * @param format of keys and values
 * @param batchInvariance whether a token's logits have the same bits in any company, see docs/adr/0009; without, a single
 *     stream of a model with four bits is faster
 */
public record CpuOptions(
        int threads,
        int encoderThreads,
        int encoderBatch,
        KvGeometry geometry,
        KvFormat format,
        boolean batchInvariance) {

    /** Options with the same bits in any company. */
    public CpuOptions(int threads, int encoderThreads, int encoderBatch, KvGeometry geometry, KvFormat format) {
        this(threads, encoderThreads, encoderBatch, geometry, format, true);
    }

    public CpuOptions {
        if (threads < 1 || encoderThreads < 1 || encoderBatch < 1) {
            throw new IllegalArgumentException("threads and batches are positive");
        }
    }
}
