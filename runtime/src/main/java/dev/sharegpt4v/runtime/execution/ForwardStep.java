package dev.sharegpt4v.runtime.execution;

import java.util.List;

/**
 * One call of the decoder over the slices of many sequences, packed without padding.
 *
 * @param slices at least one, each with at least one token
 * @param copies blocks to copy before anything is written, in order; no target is the source of another
 */
public record ForwardStep(List<SequenceSlice> slices, List<BlockCopy> copies) {

    /** A step that copies nothing. */
    public ForwardStep(List<SequenceSlice> slices) {
        this(slices, List.of());
    }

    public ForwardStep {
        slices = List.copyOf(slices);
        copies = List.copyOf(copies);
        if (slices.isEmpty()) {
            throw new IllegalArgumentException("a step has at least one slice");
        }
    }

    /** Tokens over all slices. */
    public int tokens() {
        return slices.stream().mapToInt(slice -> slice.tokens().length).sum();
    }

    /** Rows of logits over all slices, in slice order. */
    public int logitRows() {
        return slices.stream().mapToInt(slice -> slice.logitRows().length).sum();
    }
}
