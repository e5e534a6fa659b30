package dev.sharegpt4v.runtime.engine;

/** What a generation tells its caller: tokens in order, then exactly one end. */
public sealed interface GenerationEvent {

    /**
     * A committed token.
     *
     * @param id vocabulary id
     */
    record Token(int id) implements GenerationEvent {}

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
