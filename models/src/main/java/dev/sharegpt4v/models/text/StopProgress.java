package dev.sharegpt4v.models.text;

import java.util.Arrays;

/**
 * How much of one stop string the end of a text is, character by character.
 *
 * <p>Knuth, Morris and Pratt: every character of the text costs constant time on average, however much is held back. The table
 * grows with what was matched, so a long stop string costs nothing until the text begins it.
 */
final class StopProgress {

    private final String text;
    /** Of each beginning's length, the longest shorter beginning that is its end. */
    private int[] fallbacks = new int[8];

    private int known = 1;
    private int matching;

    StopProgress(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("a stop string is not empty");
        }
        this.text = text;
    }

    String text() {
        return text;
    }

    /** Characters of the stop string that the text ends with; fewer than all. */
    int matching() {
        return matching;
    }

    /** Takes more text; where in it the stop string ends for the first time, or -1. Not to be asked again after that. */
    int endIn(String more) {
        for (int i = 0; i < more.length(); i++) {
            matching = after(matching, more.charAt(i));
            if (matching == text.length()) {
                return i + 1;
            }
        }
        return -1;
    }

    private int after(int length, char next) {
        int longest = length;
        while (longest > 0 && text.charAt(longest) != next) {
            longest = fallback(longest);
        }
        return text.charAt(longest) == next ? longest + 1 : 0;
    }

    private int fallback(int length) {
        while (known < length) {
            if (known + 1 >= fallbacks.length) {
                fallbacks = Arrays.copyOf(fallbacks, 2 * fallbacks.length);
            }
            int end = after(fallbacks[known], text.charAt(known));
            known++;
            fallbacks[known] = end;
        }
        return fallbacks[length];
    }
}
