/**
 * Checkpoints to model packages: ONNX graphs, quantised weights, manifest.
 *
 * <p>Owns the graphs' layout (docs/graphs.md) and the atomic writing of a package. Knows nothing of how graphs are run,
 * except to measure what quantisation costs. One conversion runs on the caller's thread and a pool of its own.
 */
@NullMarked
package dev.sharegpt4v.models.convert;

import org.jspecify.annotations.NullMarked;
