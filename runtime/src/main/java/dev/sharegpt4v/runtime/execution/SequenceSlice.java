package dev.sharegpt4v.runtime.execution;

import java.util.List;

/**
 * The part of one sequence that a step runs: a chunk of its prompt, or its newest token.
 *
 * @param tokens token ids; ids under a feature span are ignored
 * @param firstPosition position of the first token in the sequence, equal to the number of tokens already cached
 * @param blocks the sequence's block table, long enough for {@code firstPosition + tokens.length} tokens
 * @param spans image features inside this slice, by rising offset
 * @param logitRows indices within the slice whose logits are wanted, rising; empty for an inner prompt chunk
 */
public record SequenceSlice(int[] tokens, int firstPosition, int[] blocks, List<FeatureSpan> spans, int[] logitRows) {

    public SequenceSlice {
        spans = List.copyOf(spans);
    }
}
