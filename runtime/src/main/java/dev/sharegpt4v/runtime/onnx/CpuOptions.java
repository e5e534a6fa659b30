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
 */
public record CpuOptions(int threads, int encoderThreads, int encoderBatch, KvGeometry geometry, KvFormat format) {

    public CpuOptions {
        if (threads < 1 || encoderThreads < 1 || encoderBatch < 1) {
            throw new IllegalArgumentException("threads and batches are positive");
        }
    }
}
