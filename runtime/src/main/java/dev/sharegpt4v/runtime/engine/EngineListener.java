package dev.sharegpt4v.runtime.engine;

/** Observes an engine without touching it. Called on the engine's threads: implementations return at once. */
public interface EngineListener {

    /** Does nothing. */
    EngineListener NONE = new EngineListener() {};

    /** A step was committed. */
    default void stepCommitted(StepReport report) {}

    /**
     * A step gave a generation tokens, so long after the step that gave it its tokens before; guesses that came true count
     * for no step of their own.
     */
    default void tokenAfter(GenerationRequest request, long nanos) {}

    /** A batch of images was encoded. */
    default void imagesEncoded(int images, long nanos) {}

    /** A generation ended regularly, cancellation included. */
    default void finished(GenerationRequest request, GenerationEvent.Finished end) {}

    /** A generation failed. */
    default void failed(GenerationRequest request, EngineException cause) {}

    /** A sequence lost its blocks to make room and will be computed again. */
    default void preempted(GenerationRequest request) {}

    /**
     * What one step did.
     *
     * @param sequences slices in the step
     * @param prefillTokens prompt tokens run
     * @param decodeTokens decode tokens run
     * @param nanos from plan to commit
     */
    record StepReport(int sequences, int prefillTokens, int decodeTokens, long nanos) {}
}
