package dev.sharegpt4v.server.http;

/**
 * What all requests under way may take together.
 *
 * @param tokens of prompts, and of completions at their most
 * @param pixels of pictures that are decoded or wait for it
 */
public record AdmissionLimits(long tokens, long pixels) {

    /** 256 contexts of 4,096 tokens, and twenty pictures of 50 megapixels. */
    public static final AdmissionLimits DEFAULT = new AdmissionLimits(1L << 20, 1_000_000_000);
}
