/**
 * Reads published checkpoints: safetensors and torch zip files, their layouts and configurations.
 *
 * <p>Owns mapped files and the canonical tensor names. Never runs pickle code. Does not know ONNX.
 */
@NullMarked
package dev.sharegpt4v.models.checkpoint;

import org.jspecify.annotations.NullMarked;
