/**
 * Checkpoints to model packages: ONNX graphs, quantised weights, manifest.
 */
@NullMarked
package dev.sharegpt4v.models.convert;

import org.jspecify.annotations.NullMarked;
