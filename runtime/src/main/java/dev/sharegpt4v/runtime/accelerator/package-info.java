/**
 * How steps run in the memory of an accelerator: its memory and stream, buffers whose addresses stay, buckets of decode
 * steps and which of them are captured, and what its failures mean.
 *
 * <p>Owns device memory, pinned memory and the bytes of a device's KV cache. Knows nothing of ONNX Runtime, which runs the
 * graph behind {@link StepGraph}, nor of scheduling. Everything but {@link CudaAccelerator} runs on any machine.
 */
@NullMarked
package dev.sharegpt4v.runtime.accelerator;

import org.jspecify.annotations.NullMarked;
