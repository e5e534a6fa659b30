package dev.sharegpt4v.runtime.engine;

import java.util.List;

/**
 * A completion that a beam search found.
 *
 * @param tokens its ids; a final stop token is the last
 * @param logprob sum of its tokens' logprobs
 * @param score by which beams are ordered
 * @param reason why it ended: a stop token, or a limit of length or time
 */
public record Beam(List<Integer> tokens, double logprob, double score, FinishReason reason) {

    public Beam {
        tokens = List.copyOf(tokens);
    }
}
