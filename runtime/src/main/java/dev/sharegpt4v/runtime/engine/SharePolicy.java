package dev.sharegpt4v.runtime.engine;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How many tokens each sequence may run in a step: newest tokens first, then prompts.
 *
 * <p>A running stream thus waits at most for one step's budget, however long the prompts beside it are. Of what streams
 * leave, half goes to the shortest prompts that it can finish, so that a short one need not wait for a long one; the rest
 * goes to prompts in their order.
 */
final class SharePolicy {

    private SharePolicy() {}

    /**
     * A sequence that may run.
     *
     * @param decoding whether it runs its newest token
     * @param runnable tokens that it could run
     * @param remaining tokens that it must run before its next token can be sampled
     */
    record Candidate(boolean decoding, int runnable, int remaining) {}

    /**
     * Shares a step's budget.
     *
     * @param candidates in the order in which they go first
     * @param budget tokens of the step
     * @param promptBudget tokens of the step that prompts may have at most
     * @return tokens for each candidate, 0 for those that wait
     */
    static int[] share(List<Candidate> candidates, int budget, int promptBudget) {
        int[] shares = new int[candidates.size()];
        int left = budget;
        for (int i = 0; i < shares.length && left > 0; i++) {
            if (candidates.get(i).decoding() && candidates.get(i).runnable() > 0) {
                shares[i] = 1;
                left--;
            }
        }
        left = Math.min(left, promptBudget);
        if (left == 0 || candidates.stream().allMatch(Candidate::decoding)) {
            return shares;
        }
        left -= shareAmongShortest(candidates, shares, left / 2);
        for (int i = 0; i < shares.length && left > 0; i++) {
            if (!candidates.get(i).decoding()) {
                int more = Math.min(candidates.get(i).runnable() - shares[i], left);
                shares[i] += more;
                left -= more;
            }
        }
        return shares;
    }

    /** Serves the shortest prompts that can be finished; returns what they take. */
    private static int shareAmongShortest(List<Candidate> candidates, int[] shares, int budget) {
        List<Integer> shortest = IntStream.range(0, shares.length)
                .filter(i -> !candidates.get(i).decoding())
                .filter(i -> candidates.get(i).runnable() == candidates.get(i).remaining())
                .boxed()
                .sorted(Comparator.comparingInt(i -> candidates.get(i).remaining()))
                .toList();
        int taken = 0;
        for (int i : shortest) {
            int remaining = candidates.get(i).remaining();
            if (taken + remaining > budget) {
                break;
            }
            shares[i] = remaining;
            taken += remaining;
        }
        return taken;
    }
}
