package dev.sharegpt4v.server.bench;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/** When requests are sent. */
public sealed interface Load permits ClosedLoop, OpenLoop {

    /**
     * Sends requests 0 to {@code requests - 1}.
     *
     * @param send sends one and waits for its end; called on many threads
     * @return how each went, in the order of their numbers
     */
    List<Attempt> run(int requests, IntFunction<Outcome> send) throws InterruptedException;

    /** Requests a second that arrive; infinite when nothing holds them back but the cap. */
    double rate();

    /** Shape of the gaps between arrivals; 1 is a Poisson process. */
    double burstiness();

    /** Requests under way at most. */
    OptionalInt maxConcurrency();

    /** A few words for a table. */
    String label();
}
