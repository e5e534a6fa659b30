package dev.sharegpt4v.runtime.engine;

/**
 * How many tokens each sequence may run in a step: newest tokens first, then prompts in the order of arrival.
 *
 * <p>A running stream thus waits at most for one step's budget, however long the prompts beside it are.
 */
final class DecodeFirstPolicy {

    private DecodeFirstPolicy() {}

    /**
     * Shares a step's budget.
     *
     * @param decoding whether each candidate runs its newest token
     * @param runnable tokens that each candidate could run
     * @param budget tokens of the step
     * @return tokens for each candidate, 0 for those that wait
     */
    static int[] share(boolean[] decoding, int[] runnable, int budget) {
        int[] shares = new int[runnable.length];
        int left = budget;
        for (int i = 0; i < shares.length && left > 0; i++) {
            if (decoding[i] && runnable[i] > 0) {
                shares[i] = 1;
                left--;
            }
        }
        for (int i = 0; i < shares.length && left > 0; i++) {
            if (!decoding[i]) {
                shares[i] = Math.min(runnable[i], left);
                left -= shares[i];
            }
        }
        return shares;
    }
}
