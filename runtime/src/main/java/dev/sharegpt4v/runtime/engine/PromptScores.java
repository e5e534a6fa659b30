package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.sampling.TokenLogprobs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How likely the model finds a prompt's own tokens, collected chunk by chunk: the logits of a position tell of the next
 * one. A prompt that is computed again, after its sequence gave its blocks back, asks only for what is still missing.
 */
final class PromptScores {

    private final int[] tokens;
    private final int top;
    private final @Nullable TokenLogprobs[] found;
    private int missing;

    PromptScores(Prompt prompt, int top) {
        this.tokens = prompt.tokens();
        this.top = top;
        this.found = new TokenLogprobs[tokens.length];
        for (int position = 1; position < tokens.length; position++) {
            missing += isToken(position) ? 1 : 0;
        }
    }

    private boolean isToken(int position) {
        return tokens[position] != Prompt.IMAGE_PLACEHOLDER;
    }

    /** Whether nothing is missing. */
    boolean isComplete() {
        return missing == 0;
    }

    /** The rows, of a slice that starts at a position, whose logits are wanted. */
    int[] rows(int start, int count) {
        int[] rows = new int[count];
        int size = 0;
        for (int row = 0; row < count; row++) {
            int next = start + row + 1;
            if (next < tokens.length && isToken(next) && found[next] == null) {
                rows[size++] = row;
            }
        }
        return Arrays.copyOf(rows, size);
    }

    /** Notes the logits of a position. */
    void add(int position, float[] logits, int vocabularySize) {
        found[position + 1] = TokenLogprobs.of(logits, vocabularySize, tokens[position + 1], top);
        missing--;
    }

    /** One entry for each position; empty for the first, and for those of images. */
    List<Optional<TokenLogprobs>> all() {
        List<Optional<TokenLogprobs>> all = new ArrayList<>(found.length);
        for (TokenLogprobs logprobs : found) {
            all.add(Optional.ofNullable(logprobs));
        }
        return all;
    }
}
