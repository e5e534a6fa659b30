package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.execution.ActivationType;

/**
 * How to run on a GPU.
 *
 * @param deviceId which of several, from 0
 * @param encoderBatch images per batch at most
 * @param blockSize tokens of a KV block: 128 or 256, which flash attention needs with heads of 128 channels
 * @param kv how large the KV cache is
 * @param type in which the package computes, and in which keys and values are stored
 * @param graphCapture whether decode steps are captured and replayed
 */
public record CudaOptions(
        int deviceId, int encoderBatch, int blockSize, KvSize kv, ActivationType type, boolean graphCapture) {

    public CudaOptions {
        if (deviceId < 0 || encoderBatch < 1) {
            throw new IllegalArgumentException("device " + deviceId + ", batches of " + encoderBatch + " images");
        }
        if (blockSize != 128 && blockSize != 256) {
            throw new IllegalArgumentException("blocks of " + blockSize + " tokens instead of 128 or 256");
        }
    }
}
