package dev.sharegpt4v.server.bench;

import java.util.List;
import java.util.function.IntFunction;

/** When requests are sent. */
public sealed interface Load permits ClosedLoop {

    /**
     * Sends requests 0 to {@code requests - 1}.
     *
     * @param send sends one and waits for its end; called on many threads
     * @return how each went, in the order of their numbers
     */
    List<Outcome> run(int requests, IntFunction<Outcome> send) throws InterruptedException;
}
