/**
 * The contract between scheduling and the device: what a step is, and what it returns.
 *
 * <p>Owns the value types that cross the seam. Knows nothing of scheduling, of block allocation, or of ONNX Runtime.
 * Arrays in these records are shared, not copied: a plan is built once and only read afterwards, so they are never
 * compared or changed.
 */
@NullMarked
package dev.sharegpt4v.runtime.execution;

import org.jspecify.annotations.NullMarked;
