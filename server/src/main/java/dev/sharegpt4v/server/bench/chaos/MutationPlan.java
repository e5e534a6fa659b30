package dev.sharegpt4v.server.bench.chaos;

/**
 * How many requests go wrong.
 *
 * @param count of them
 * @param clients that send at the same time
 * @param seed of everything that is drawn
 */
public record MutationPlan(long count, int clients, long seed) {

    public MutationPlan {
        if (count < 1 || clients < 1) {
            throw new IllegalArgumentException("%d mutations by %d clients".formatted(count, clients));
        }
    }
}
