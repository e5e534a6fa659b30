package dev.sharegpt4v.models.checkpoint;

/**
 * Sizes of a LLaMA decoder.
 *
 * @param hiddenSize channels
 * @param intermediateSize channels inside the MLP
 * @param layers number of layers
 * @param heads query heads
 * @param kvHeads key/value heads
 * @param headSize channels per head
 * @param vocabularySize rows of the embedding and the head
 * @param contextLength positions
 * @param rmsNormEpsilon of every norm
 * @param ropeTheta base of the rotary angles
 */
public record DecoderConfig(
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int kvHeads,
        int headSize,
        int vocabularySize,
        int contextLength,
        double rmsNormEpsilon,
        double ropeTheta) {}
