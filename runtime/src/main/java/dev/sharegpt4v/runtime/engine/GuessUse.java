package dev.sharegpt4v.runtime.engine;

/**
 * What speculative decoding did since start.
 *
 * @param guessed tokens that were guessed and run
 * @param accepted of them, those that came true
 */
public record GuessUse(long guessed, long accepted) {}
