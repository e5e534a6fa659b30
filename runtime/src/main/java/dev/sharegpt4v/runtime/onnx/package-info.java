/**
 * How a step runs on ONNX Runtime: the foreign-function binding, sessions, and the CPU paged-attention kernel.
 *
 * <p>The only package that knows ONNX Runtime; no {@code MemorySegment} of its leaves it. Owns sessions, tensors and the
 * KV bytes. Does not own request identity, block allocation or sampling.
 */
@NullMarked
package dev.sharegpt4v.runtime.onnx;

import org.jspecify.annotations.NullMarked;
