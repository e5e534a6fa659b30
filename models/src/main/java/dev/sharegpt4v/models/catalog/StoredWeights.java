package dev.sharegpt4v.models.catalog;

/**
 * How the weights of a package are stored.
 *
 * @param decoder {@code fp32}, {@code fp16}, {@code bf16}, {@code int8} or {@code int4}
 * @param vision the same, for the vision tower and the projector
 * @param blockSize weights that share a scale; 0 when none are quantised
 * @param symmetric whether the decoder's quantised weights go without zero points
 */
public record StoredWeights(String decoder, String vision, int blockSize, boolean symmetric) {

    /** Whether the CPU's kernels give one row other last bits than two and more: those for four bits do. */
    public boolean padsSingleRows() {
        return decoder.equals("int4");
    }
}
