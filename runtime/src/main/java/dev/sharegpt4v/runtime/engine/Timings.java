package dev.sharegpt4v.runtime.engine;

/**
 * Where the time of a generation went, in nanoseconds.
 *
 * @param queueNanos from submission to the first step or encode
 * @param encodeNanos waiting for image features
 * @param firstTokenNanos from submission to the first token
 * @param totalNanos from submission to the end
 */
public record Timings(long queueNanos, long encodeNanos, long firstTokenNanos, long totalNanos) {}
