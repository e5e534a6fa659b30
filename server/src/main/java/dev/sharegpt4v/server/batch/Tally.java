package dev.sharegpt4v.server.batch;

/**
 * What the lines of a batch came to so far.
 *
 * @param completed lines with an answer of status 200
 * @param failed lines with any other
 * @param inputTokens of prompts
 * @param cachedTokens of them, found in the cache
 * @param outputTokens that were said
 */
record Tally(int completed, int failed, long inputTokens, long cachedTokens, long outputTokens) {

    static final Tally NONE = new Tally(0, 0, 0, 0, 0);

    Tally plus(Answer answer) {
        return new Tally(
                completed + (answer.completed() ? 1 : 0),
                failed + (answer.completed() ? 0 : 1),
                inputTokens + answer.inputTokens(),
                cachedTokens + answer.cachedTokens(),
                outputTokens + answer.outputTokens());
    }

    /** With lines that were never answered. */
    Tally withUnanswered(int lines) {
        return new Tally(completed, failed + lines, inputTokens, cachedTokens, outputTokens);
    }

    int answered() {
        return completed + failed;
    }
}
