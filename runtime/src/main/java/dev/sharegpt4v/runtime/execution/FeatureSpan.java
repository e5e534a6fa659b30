package dev.sharegpt4v.runtime.execution;

/**
 * Rows of an image's features that take the place of token embeddings in a slice.
 *
 * @param offset index of the first replaced token within the slice
 * @param features the encoded image
 * @param firstRow first row of the features to use; not 0 when a chunk boundary cuts the image
 * @param rows number of rows
 */
public record FeatureSpan(int offset, ImageFeatures features, int firstRow, int rows) {}
