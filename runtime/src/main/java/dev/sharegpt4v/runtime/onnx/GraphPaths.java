package dev.sharegpt4v.runtime.onnx;

import java.nio.file.Path;

/**
 * The two graphs of a model package.
 *
 * @param vision {@code pixel_values} float [N,C,H,W] to {@code image_features} float [N,rows,hiddenSize]
 * @param decoder packed tokens to logits, see docs/graphs.md
 * @param padsSingleRows whether the decoder's matrices give one row other last bits than two and more, so that it runs beside
 *     an empty row; see docs/adr/0009
 */
public record GraphPaths(Path vision, Path decoder, boolean padsSingleRows) {}
