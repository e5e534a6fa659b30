package dev.sharegpt4v.runtime.sampling;

import java.util.Set;
import java.util.SplittableRandom;

/**
 * Chooses a token from one row of logits.
 *
 * <p>Order, as in transformers: rules, penalties, temperature, top-k, top-p, min-p, draw. The vocabulary is never sorted: the
 * likeliest tokens leave a heap one by one until the filters say stop.
 *
 * <p>A draw depends on the seed and on how many tokens came before, and on nothing else: the same request gives the same
 * text whatever shares its steps, and after a preemption too.
 */
public final class Sampler {

    /** Stands for a token where none is allowed. */
    public static final int NOTHING = -1;

    private final int vocabularySize;
    private final float[] probabilities;
    private final int[] heap;

    /** A sampler for one thread; ids from {@code vocabularySize} on are never chosen. */
    public Sampler(int vocabularySize) {
        this.vocabularySize = vocabularySize;
        this.probabilities = new float[vocabularySize];
        this.heap = new int[vocabularySize];
    }

    /**
     * Chooses a token.
     *
     * @param logits one row; changed by this call
     * @param options what the caller asked
     * @param counts tokens seen so far
     * @param forbidden ids that may not be chosen now
     * @param seed of the sequence
     * @param drawn tokens chosen before in this sequence
     * @return its id, or {@link #NOTHING} where the caller's rules leave none
     * @throws SamplingException when the model's logits leave none
     */
    public int choose(
            float[] logits, SamplingOptions options, TokenCounts counts, Set<Integer> forbidden, long seed, int drawn) {
        options.rules().apply(logits);
        counts.apply(options, logits);
        for (int id : forbidden) {
            if (id >= 0 && id < vocabularySize) {
                logits[id] = Float.NEGATIVE_INFINITY;
            }
        }
        int best = best(logits, !forbidden.isEmpty() || options.rules().areStrict());
        if (options.temperature() == 0f || best == NOTHING) {
            return best;
        }
        double uniform = new SplittableRandom(seed + 0x9E3779B97F4A7C15L * (drawn + 1L)).nextDouble();
        return draw(logits, logits[best], options, uniform);
    }

    private int best(float[] logits, boolean restricted) {
        int best = NOTHING;
        float highest = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < vocabularySize; id++) {
            float logit = logits[id];
            if (logit > highest) {
                highest = logit;
                best = id;
            } else if (Float.isNaN(logit)) {
                throw new SamplingException("the logits are not numbers");
            }
        }
        if (best == NOTHING && restricted) {
            return NOTHING;
        }
        if (best == NOTHING || highest == Float.POSITIVE_INFINITY) {
            throw new SamplingException("the logits leave no token to choose");
        }
        return best;
    }

    /** Visible for the test's oracle: the choice for a given uniform number in [0, 1). */
    int draw(float[] logits, float highest, SamplingOptions options, double uniform) {
        double total = 0;
        for (int id = 0; id < vocabularySize; id++) {
            probabilities[id] = (float) Math.exp((logits[id] - highest) / options.temperature());
            total += probabilities[id];
        }
        boolean all = options.topK() == 0 && options.topP() == 1f && options.minP() == 0f;
        return all ? drawFromAll(total, uniform) : drawFiltered(options, total, uniform);
    }

    private int drawFromAll(double total, double uniform) {
        double left = uniform * total;
        int last = -1;
        for (int id = 0; id < vocabularySize; id++) {
            if (probabilities[id] > 0) {
                last = id;
                left -= probabilities[id];
                if (left < 0) {
                    return id;
                }
            }
        }
        return last;
    }

    private int drawFiltered(SamplingOptions options, double total, double uniform) {
        heapify();
        int kept = options.topK() == 0 ? 0 : keepHighest(options.topK());
        double mass = total;
        if (kept > 0) {
            mass = 0;
            for (int i = 0; i < kept; i++) {
                mass += probabilities[heap[vocabularySize - 1 - i]];
            }
        }
        int most = kept == 0 ? vocabularySize : kept;
        int size = vocabularySize - kept;
        double sum = 0;
        int chosen = 0;
        float floor = 0f;
        while (chosen < most) {
            if (chosen >= kept) {
                pop(size--);
            }
            float probability = probabilities[heap[vocabularySize - 1 - chosen]];
            floor = chosen == 0 ? probability * options.minP() : floor;
            if (chosen > 0 && (probability < floor || sum >= options.topP() * mass || probability == 0f)) {
                break;
            }
            sum += probability;
            chosen++;
        }
        return pick(chosen, sum, uniform);
    }

    /** Draws among the {@code chosen} likeliest, which stand at the end of the heap's array. */
    private int pick(int chosen, double sum, double uniform) {
        double left = uniform * sum;
        for (int i = 0; i < chosen; i++) {
            int id = heap[vocabularySize - 1 - i];
            left -= probabilities[id];
            if (left < 0) {
                return id;
            }
        }
        return heap[vocabularySize - chosen];
    }

    /** Moves the k likeliest, and all that tie with the last of them, to the end of the array. */
    private int keepHighest(int k) {
        int size = vocabularySize;
        int kept = 0;
        float last = 0f;
        while (size > 0 && (kept < k || probabilities[heap[0]] == last)) {
            last = probabilities[heap[0]];
            pop(size--);
            kept++;
        }
        return kept;
    }

    private void heapify() {
        for (int i = 0; i < vocabularySize; i++) {
            heap[i] = i;
        }
        for (int i = vocabularySize / 2 - 1; i >= 0; i--) {
            sink(i, vocabularySize);
        }
    }

    /** Swaps the likeliest of the heap's first {@code size} entries to its end. */
    private void pop(int size) {
        int top = heap[0];
        heap[0] = heap[size - 1];
        heap[size - 1] = top;
        sink(0, size - 1);
    }

    private void sink(int at, int size) {
        int id = heap[at];
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && before(heap[child + 1], heap[child])) {
                child++;
            }
            if (!before(heap[child], id)) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = id;
    }

    /** Likelier first; of equals the lower id. */
    private boolean before(int a, int b) {
        return probabilities[a] > probabilities[b] || (probabilities[a] == probabilities[b] && a < b);
    }
}
