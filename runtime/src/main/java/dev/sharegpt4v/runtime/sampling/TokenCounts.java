package dev.sharegpt4v.runtime.sampling;

import java.util.Arrays;
import java.util.BitSet;

/** Which tokens a sequence has seen: in its prompt, and how often in its completion. What penalties look at. */
public final class TokenCounts {

    private final BitSet prompt = new BitSet();
    private final BitSet completion = new BitSet();
    private int[] times = new int[0];

    /** Notes the prompt's tokens; places of images, which have no token, are negative. */
    public void addPrompt(int[] tokens) {
        for (int token : tokens) {
            if (token >= 0) {
                prompt.set(token);
            }
        }
    }

    public void addCompletion(int token) {
        if (token >= times.length) {
            times = Arrays.copyOf(times, Math.max(token + 1, times.length * 2));
        }
        times[token]++;
        completion.set(token);
    }

    void apply(SamplingOptions options, float[] logits) {
        if (options.repetitionPenalty() != 1f) {
            for (int id = prompt.nextSetBit(0); id >= 0 && id < logits.length; id = prompt.nextSetBit(id + 1)) {
                penalise(logits, id, options.repetitionPenalty());
            }
            for (int id = completion.nextSetBit(0); id >= 0 && id < logits.length; id = completion.nextSetBit(id + 1)) {
                if (!prompt.get(id)) {
                    penalise(logits, id, options.repetitionPenalty());
                }
            }
        }
        if (options.presencePenalty() != 0f || options.frequencyPenalty() != 0f) {
            for (int id = completion.nextSetBit(0); id >= 0 && id < logits.length; id = completion.nextSetBit(id + 1)) {
                logits[id] -= options.presencePenalty() + times[id] * options.frequencyPenalty();
            }
        }
    }

    private static void penalise(float[] logits, int id, float penalty) {
        logits[id] = logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty;
    }
}
