package dev.sharegpt4v.runtime.engine;

/**
 * All limits of an engine.
 *
 * @param maxRunning sequences that share a step at most
 * @param maxQueued requests that wait at most; one more is refused
 * @param maxStepTokens tokens of one step at most, over all slices; long prompts are cut into chunks of what is left
 */
public record EngineOptions(int maxRunning, int maxQueued, int maxStepTokens) {

    public EngineOptions {
        if (maxRunning < 1 || maxQueued < 1 || maxStepTokens < maxRunning) {
            throw new IllegalArgumentException(
                    "a step of " + maxStepTokens + " tokens must hold one of each of " + maxRunning + " sequences");
        }
    }
}
