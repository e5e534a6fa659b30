package dev.sharegpt4v.server.testing;

import java.util.function.BooleanSupplier;

/** Waits for what happens on other threads. */
public final class Eventually {

    private Eventually() {}

    /** Returns when the condition holds; fails after twenty seconds. */
    public static void holds(String what, BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 4000; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            Thread.sleep(5);
        }
        throw new AssertionError("it never came true: " + what);
    }
}
