package dev.sharegpt4v.runtime.execution;

/**
 * The numbers of a decoder that scheduling and sampling need.
 *
 * @param vocabularySize rows of the output head, filler rows included
 * @param sampledVocabularySize ids below this may be sampled; rows from here on are fillers and are masked
 * @param layers decoder layers
 * @param kvHeads key/value heads per layer
 * @param headSize channels per head
 * @param hiddenSize channels of an embedding, and of one row of image features
 * @param contextLength positions a sequence may have, prompt and completion together
 */
public record ModelShape(
        int vocabularySize,
        int sampledVocabularySize,
        int layers,
        int kvHeads,
        int headSize,
        int hiddenSize,
        int contextLength) {

    public ModelShape {
        if (vocabularySize < 1 || layers < 1 || kvHeads < 1 || headSize < 1 || hiddenSize < 1 || contextLength < 1) {
            throw new IllegalArgumentException("every size of a model is positive");
        }
        if (sampledVocabularySize < 1 || sampledVocabularySize > vocabularySize) {
            throw new IllegalArgumentException(
                    "sampled vocabulary of " + sampledVocabularySize + " of " + vocabularySize);
        }
    }
}
