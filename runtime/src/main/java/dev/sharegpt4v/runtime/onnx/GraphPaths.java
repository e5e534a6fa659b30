package dev.sharegpt4v.runtime.onnx;

import java.nio.file.Path;

/**
 * The two graphs of a model package.
 *
 * @param vision {@code pixel_values} float [N,C,H,W] to {@code image_features} float [N,rows,hiddenSize]
 * @param decoder packed tokens to logits, see docs/graphs.md
 */
public record GraphPaths(Path vision, Path decoder) {}
