package dev.sharegpt4v.runtime.engine;

import java.util.Arrays;

/**
 * Guesses the next tokens: what followed the latest earlier place where the sequence read as it does now.
 *
 * <p>Source: prompt lookup decoding (Saxena 2023), n-gram speculation.
 */
final class PromptLookup {

    private static final int LONGEST = 4;
    private static final int SHORTEST = 2;
    private static final int[] NONE = new int[0];

    private PromptLookup() {}

    /**
     * Guesses at most {@code most} tokens after the first {@code length} of {@code tokens}. The longest match counts, of
     * equals the latest; places of images, which are negative, neither match nor are guessed.
     */
    static int[] guess(int[] tokens, int length, int most) {
        for (int size = Math.min(LONGEST, length - 1); size >= SHORTEST && most > 0; size--) {
            int at = latest(tokens, length, size);
            if (at >= 0) {
                return following(tokens, at + size, Math.min(length, at + size + most));
            }
        }
        return NONE;
    }

    /** Where the last {@code size} tokens stood before; -1 for nowhere. */
    private static int latest(int[] tokens, int length, int size) {
        int tail = length - size;
        for (int at = tail - 1; at >= 0; at--) {
            if (Arrays.equals(tokens, at, at + size, tokens, tail, length)) {
                return tokens[at] < 0 || tokens[at + size - 1] < 0 ? -1 : at;
            }
        }
        return -1;
    }

    private static int[] following(int[] tokens, int from, int to) {
        int end = from;
        while (end < to && tokens[end] >= 0) {
            end++;
        }
        return Arrays.copyOfRange(tokens, from, end);
    }
}
