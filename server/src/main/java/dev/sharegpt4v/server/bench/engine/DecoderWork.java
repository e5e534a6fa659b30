package dev.sharegpt4v.server.bench.engine;

import dev.sharegpt4v.models.checkpoint.DecoderConfig;

/**
 * Additions and multiplications of a decoder, each counted as one.
 *
 * <p>A token passes all matrices of a layer. Of the last layer, where only rows whose logits are asked go on after the keys
 * and values, and of the head, it is one row for each sequence. Attention reads every position up to the token's own.
 */
public record DecoderWork(DecoderConfig decoder) {

    /** Of one prefill of a case. */
    public double prefill(StepCase one) {
        double tokens = (double) one.batch() * one.prefill();
        double asked = one.batch();
        double layer = attentionMatrices() + restOfLayer();
        double matrices = tokens * ((decoder.layers() - 1) * layer + attentionMatrices())
                + asked * (restOfLayer() + (double) decoder.hiddenSize() * decoder.vocabularySize());
        // The sum of context + 1, context + 2, ... context + prefill.
        double pairs = one.batch() * (one.prefill() * (one.context() + (one.prefill() + 1) / 2.0));
        double attention = 2 * pairs * decoder.layers() * decoder.heads() * decoder.headSize();
        return 2 * (matrices + attention);
    }

    /** Weights of queries, keys and values. */
    private double attentionMatrices() {
        return (double) decoder.hiddenSize() * (decoder.heads() + 2L * decoder.kvHeads()) * decoder.headSize();
    }

    /** Weights of the output projection and of the MLP. */
    private double restOfLayer() {
        return (double) decoder.hiddenSize()
                * ((long) decoder.heads() * decoder.headSize() + 3L * decoder.intermediateSize());
    }
}
