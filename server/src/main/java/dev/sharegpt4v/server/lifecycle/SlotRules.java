package dev.sharegpt4v.server.lifecycle;

import java.time.Duration;

/**
 * When models are loaded and unloaded without being told to.
 *
 * @param onDemand whether a request loads a model that is not in memory
 * @param idle without a request after which a model is unloaded; zero for never
 * @param drain that running requests have when a model is unloaded
 */
public record SlotRules(boolean onDemand, Duration idle, Duration drain) {

    /** Models are in memory from start to end. */
    public static final SlotRules STAY = new SlotRules(false, Duration.ZERO, Duration.ofSeconds(30));

    /** How long after a failed load a request may try again. */
    static final Duration RETRY = Duration.ofSeconds(10);

    public SlotRules {
        if (idle.isNegative() || drain.isNegative()) {
            throw new IllegalArgumentException("a time below zero");
        }
    }

    boolean sleeps() {
        return idle.isPositive();
    }
}
