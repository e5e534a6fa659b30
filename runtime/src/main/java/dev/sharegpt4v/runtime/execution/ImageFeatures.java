package dev.sharegpt4v.runtime.execution;

/**
 * An encoded image: rows that stand between token embeddings.
 *
 * @param hash of the image it came from
 * @param values [rows, hiddenSize] row-major; shared, not copied
 * @param rows number of rows
 */
public record ImageFeatures(ContentHash hash, float[] values, int rows) {}
