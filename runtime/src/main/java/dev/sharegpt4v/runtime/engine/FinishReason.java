package dev.sharegpt4v.runtime.engine;

/** Why a generation ended. */
public enum FinishReason {
    /** A stop token was sampled, or the rules of the request left no token. */
    STOP,
    /** The token limit or the end of the context was reached. */
    LENGTH,
    /** The completion went round in circles. */
    REPETITION,
    /** The request's time was over. */
    TIMEOUT,
    /** The caller cancelled. */
    CANCELLED
}
