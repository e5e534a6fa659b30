package dev.sharegpt4v.runtime.engine;

/**
 * What a generation consumed, in tokens.
 *
 * @param promptTokens positions of the prompt, image positions included
 * @param imageTokens of them, positions of images
 * @param cachedTokens of the prompt, positions whose keys and values were already there
 * @param completionTokens sampled tokens, a final stop token included
 */
public record Usage(int promptTokens, int imageTokens, int cachedTokens, int completionTokens) {}
