package dev.sharegpt4v.server.bench;

import java.util.List;

/**
 * What one request asks.
 *
 * @param prompt words of the question
 * @param pictures encoded files that come before the words
 * @param maxTokens of the answer
 */
public record Question(String prompt, List<byte[]> pictures, int maxTokens) {

    public Question {
        pictures = List.copyOf(pictures);
    }
}
