package dev.sharegpt4v.runtime.sampling;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which tokens a caller allows and which it favours; immutable, and shared by the completions of a request.
 *
 * <p>Applied to the model's own logits, before penalties, in vLLM's order: first what is not allowed goes, then biases are
 * added.
 */
public final class TokenRules {

    /** Everything is allowed, nothing is favoured. */
    public static final TokenRules NONE = new TokenRules(Map.of(), Set.of(), List.of());

    private final int[] favoured;
    private final float[] bias;
    private final BitSet allowed = new BitSet();
    private final int[][] banned;

    private TokenRules(Map<Integer, Float> biases, Set<Integer> allowed, List<List<Integer>> banned) {
        this.favoured =
                biases.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
        this.bias = new float[favoured.length];
        for (int i = 0; i < favoured.length; i++) {
            bias[i] = biases.getOrDefault(favoured[i], 0f);
        }
        allowed.forEach(this.allowed::set);
        this.banned = banned.stream()
                .map(ids -> ids.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
    }

    /**
     * Rules.
     *
     * @param biases added to the logits of tokens, by id
     * @param allowed the only ids that may be chosen; empty for all
     * @param banned sequences of at least one id: the last one is not chosen where the others are the completion's last
     */
    public static TokenRules of(Map<Integer, Float> biases, Set<Integer> allowed, List<List<Integer>> banned) {
        if (banned.stream().anyMatch(List::isEmpty)) {
            throw new IllegalArgumentException("a banned sequence has at least one token");
        }
        boolean none = biases.isEmpty() && allowed.isEmpty() && banned.isEmpty();
        return none ? NONE : new TokenRules(biases, allowed, banned);
    }

    /** Whether there are tokens that may not be chosen, so that none may be left. */
    boolean areStrict() {
        return !allowed.isEmpty() || banned.length > 0;
    }

    /** Changes one row of logits. */
    void apply(float[] logits) {
        if (!allowed.isEmpty()) {
            for (int id = allowed.nextClearBit(0); id < logits.length; id = allowed.nextClearBit(id + 1)) {
                logits[id] = Float.NEGATIVE_INFINITY;
            }
        }
        for (int i = 0; i < favoured.length && favoured[i] < logits.length; i++) {
            logits[favoured[i]] += bias[i];
        }
    }

    /**
     * The ids that would end a banned sequence now, and others.
     *
     * @param tokens a sequence
     * @param from where its completion begins
     * @param to where it ends
     * @param others ids that may not be chosen for another reason
     */
    public Set<Integer> bannedNext(int[] tokens, int from, int to, Set<Integer> others) {
        if (banned.length == 0) {
            return others;
        }
        Set<Integer> next = new HashSet<>(others);
        for (int[] sequence : banned) {
            if (endsWith(tokens, from, to, sequence)) {
                next.add(sequence[sequence.length - 1]);
            }
        }
        return next;
    }

    private static boolean endsWith(int[] tokens, int from, int to, int[] sequence) {
        int start = to - (sequence.length - 1);
        if (start < from) {
            return false;
        }
        for (int i = 0; i < sequence.length - 1; i++) {
            if (tokens[start + i] != sequence[i]) {
                return false;
            }
        }
        return true;
    }
}
