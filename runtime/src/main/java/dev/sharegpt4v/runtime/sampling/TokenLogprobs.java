package dev.sharegpt4v.runtime.sampling;

import java.util.Arrays;

/**
 * How likely the model found a token, before penalties, temperature and filters.
 *
 * @param logprob natural logarithm of the token's probability
 * @param rank 1 for the likeliest token; those that are equally likely count as likelier
 * @param ids the likeliest tokens, the likeliest first; of equals the lower id
 * @param logprobs theirs
 */
public record TokenLogprobs(float logprob, int rank, int[] ids, float[] logprobs) {

    /** Reads the token's row of logits, of which the first {@code vocabularySize} count. */
    public static TokenLogprobs of(float[] logits, int vocabularySize, int token, int top) {
        float highest = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < vocabularySize; id++) {
            highest = Math.max(highest, logits[id]);
        }
        double total = 0;
        for (int id = 0; id < vocabularySize; id++) {
            total += Math.exp(logits[id] - highest);
        }
        double normaliser = highest + Math.log(total);
        int[] ids = highest(logits, vocabularySize, Math.min(top, vocabularySize));
        float[] logprobs = new float[ids.length];
        for (int i = 0; i < ids.length; i++) {
            logprobs[i] = (float) (logits[ids[i]] - normaliser);
        }
        return new TokenLogprobs(
                (float) (logits[token] - normaliser), rank(logits, vocabularySize, logits[token]), ids, logprobs);
    }

    private static int rank(float[] logits, int vocabularySize, float logit) {
        int rank = 0;
        for (int id = 0; id < vocabularySize; id++) {
            rank += logits[id] >= logit ? 1 : 0;
        }
        return rank;
    }

    /** One pass that keeps the best so far in order. */
    private static int[] highest(float[] logits, int vocabularySize, int top) {
        int[] best = new int[top];
        int size = 0;
        for (int id = 0; id < vocabularySize && top > 0; id++) {
            if (size == top && logits[id] <= logits[best[top - 1]]) {
                continue;
            }
            int at = size < top ? size++ : top - 1;
            while (at > 0 && logits[id] > logits[best[at - 1]]) {
                best[at] = best[at - 1];
                at--;
            }
            best[at] = id;
        }
        return Arrays.copyOf(best, size);
    }
}
