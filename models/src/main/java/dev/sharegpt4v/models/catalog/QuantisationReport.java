package dev.sharegpt4v.models.catalog;

/**
 * What stored weights cost against the same checkpoint in fp32, over next-token distributions.
 *
 * <p>The divergence is {@code KL(fp32 || package)} of the softmax of the logits, in nats, at temperature 1.
 *
 * @param positions next-token distributions that were compared
 * @param meanDivergence over the positions
 * @param largestDivergence over the positions
 * @param sameBestToken fraction of positions with the same most likely token
 */
public record QuantisationReport(
        int positions, double meanDivergence, double largestDivergence, double sameBestToken) {}
