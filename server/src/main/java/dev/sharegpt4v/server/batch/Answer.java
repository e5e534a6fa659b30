package dev.sharegpt4v.server.batch;

/**
 * What a line of the input came to.
 *
 * @param completed whether its status is 200, which decides the file that it goes to
 * @param inputTokens of its prompt
 * @param cachedTokens of them, found in the cache
 * @param outputTokens that were said
 * @param json one line of the output or error file, without its end
 */
record Answer(boolean completed, long inputTokens, long cachedTokens, long outputTokens, byte[] json) {}
