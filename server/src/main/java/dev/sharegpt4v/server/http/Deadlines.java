package dev.sharegpt4v.server.http;

import dev.sharegpt4v.runtime.engine.Scheduling;
import java.time.Duration;
import java.util.Optional;

/**
 * The longest times that the server allows, whatever a request asks for, and its place beside others.
 *
 * @param queue a request may wait for its first step
 * @param total it may take in all
 * @param behind is added to the priority that a request asks for; lower goes first
 */
public record Deadlines(Optional<Duration> queue, Optional<Duration> total, int behind) {

    private static final Duration LEAST = Duration.ofMillis(1);

    /** As long as it takes. */
    public static final Deadlines NONE = new Deadlines(Optional.empty(), Optional.empty());

    /** As long as it takes, after all requests of those who wait. */
    static final Deadlines BACKGROUND = new Deadlines(Optional.empty(), Optional.empty(), 1 << 20);

    /** Times for requests in the order in which they come. */
    public Deadlines(Optional<Duration> queue, Optional<Duration> total) {
        this(queue, total, 0);
    }

    /** What is asked for, within these, of a request that has waited for its model before. */
    Scheduling bound(Scheduling asked, Duration waited) {
        return new Scheduling(
                (int) Math.min(Integer.MAX_VALUE, (long) asked.priority() + behind),
                asked.cacheSalt(),
                sooner(asked.queueTimeout(), queue).map(limit -> left(limit, waited)),
                sooner(asked.timeout(), total).map(limit -> left(limit, waited)));
    }

    private static Duration left(Duration limit, Duration waited) {
        Duration left = limit.minus(waited);
        return left.compareTo(LEAST) < 0 ? LEAST : left;
    }

    private static Optional<Duration> sooner(Optional<Duration> asked, Optional<Duration> most) {
        return asked.isPresent() && most.isPresent() && most.get().compareTo(asked.get()) < 0
                ? most
                : asked.or(() -> most);
    }
}
