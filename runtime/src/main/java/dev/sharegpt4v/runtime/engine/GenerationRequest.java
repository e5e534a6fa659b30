package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import dev.sharegpt4v.runtime.sampling.TokenConstraint;
import java.util.Optional;
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
 * @param constraint what texts the completion may be; empty for any
 * @param promptLogprobs the same for the prompt's tokens, which are then all computed, whatever is cached
 */
public record GenerationRequest(
        String id,
        Prompt prompt,
        SamplingOptions sampling,
        StopRule stop,
        Scheduling scheduling,
        OptionalInt logprobs,
        Optional<TokenConstraint> constraint,
        OptionalInt promptLogprobs) {

    /** A request that asks nothing of the scheduler and wants no logprobs. */
    public GenerationRequest(String id, Prompt prompt, SamplingOptions sampling, StopRule stop) {
        this(id, prompt, sampling, stop, Scheduling.DEFAULT, OptionalInt.empty());
    }

    /** A request that wants no logprobs of its prompt. */
    public GenerationRequest(
            String id,
            Prompt prompt,
            SamplingOptions sampling,
            StopRule stop,
            Scheduling scheduling,
            OptionalInt logprobs,
            Optional<TokenConstraint> constraint) {
        this(id, prompt, sampling, stop, scheduling, logprobs, constraint, OptionalInt.empty());
    }

    /** A request whose completion may be any text, and that wants no logprobs of its prompt. */
    public GenerationRequest(
            String id,
            Prompt prompt,
            SamplingOptions sampling,
            StopRule stop,
            Scheduling scheduling,
            OptionalInt logprobs) {
        this(id, prompt, sampling, stop, scheduling, logprobs, Optional.empty(), OptionalInt.empty());
    }
}
