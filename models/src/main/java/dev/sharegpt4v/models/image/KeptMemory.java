package dev.sharegpt4v.models.image;

/**
 * What preparations leave behind for the next ones, in bytes.
 *
 * @param scratch work buffers that nobody uses now
 * @param scratchLimit they never exceed
 * @param kernels resampling weights for sizes seen lately
 * @param kernelLimit they never exceed
 */
public record KeptMemory(long scratch, long scratchLimit, long kernels, long kernelLimit) {}
