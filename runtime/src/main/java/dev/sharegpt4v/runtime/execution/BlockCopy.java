package dev.sharegpt4v.runtime.execution;

/**
 * A KV block to copy before a step writes anything, over all layers, keys and values.
 *
 * @param from the block to copy
 * @param to the block that becomes its equal
 */
public record BlockCopy(int from, int to) {}
