package dev.sharegpt4v.server.bench;

/**
 * Tokens of one request.
 *
 * @param prompt as the server counted them, image positions included; 0 where it did not say
 * @param output as the server counted them, else the number of chunks with text
 * @param counted whether the server counted them
 */
public record TokenCount(int prompt, int output, boolean counted) {}
