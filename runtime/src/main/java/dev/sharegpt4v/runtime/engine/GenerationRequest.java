package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import java.util.OptionalInt;

/**
 * Checked input of one generation.
 *
 * @param id for logs and events; unique among live requests
 * @param prompt what to continue
 * @param sampling how to choose tokens
 * @param stop when to end
 * @param scheduling when to run
 * @param logprobs how many of the likeliest tokens to report with each token, 0 for the token's own logprob alone
 */
public record GenerationRequest(
        String id,
        Prompt prompt,
        SamplingOptions sampling,
        StopRule stop,
        Scheduling scheduling,
        OptionalInt logprobs) {

    /** A request that asks nothing of the scheduler and wants no logprobs. */
    public GenerationRequest(String id, Prompt prompt, SamplingOptions sampling, StopRule stop) {
        this(id, prompt, sampling, stop, Scheduling.DEFAULT, OptionalInt.empty());
    }
}
