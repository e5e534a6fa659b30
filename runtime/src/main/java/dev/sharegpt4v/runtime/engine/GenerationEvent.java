package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.sampling.TokenLogprobs;
import java.util.Optional;

/** What a generation tells its caller: tokens in order, then exactly one end. */
public sealed interface GenerationEvent {

    /**
     * A committed token.
     *
     * @param id vocabulary id
     * @param logprobs how likely it was, where the request asked
     */
    record Token(int id, Optional<TokenLogprobs> logprobs) implements GenerationEvent {}

    /**
     * The regular end.
     *
     * @param reason why
     * @param usage what it took
     * @param timings how long it took
     */
    record Finished(FinishReason reason, Usage usage, Timings timings) implements GenerationEvent {}

    /**
     * The engine could not go on with this generation.
     *
     * @param cause what happened
     */
    record Failed(EngineException cause) implements GenerationEvent {}
}
