package dev.sharegpt4v.server.http;

import dev.sharegpt4v.runtime.engine.Scheduling;
import java.time.Duration;
import java.util.Optional;

/**
 * The longest times that the server allows, whatever a request asks for.
 *
 * @param queue a request may wait for its first step
 * @param total it may take in all
 */
public record Deadlines(Optional<Duration> queue, Optional<Duration> total) {

    /** As long as it takes. */
    public static final Deadlines NONE = new Deadlines(Optional.empty(), Optional.empty());

    /** What is asked for, within these. */
    Scheduling bound(Scheduling asked) {
        return new Scheduling(
                asked.priority(),
                asked.cacheSalt(),
                sooner(asked.queueTimeout(), queue),
                sooner(asked.timeout(), total));
    }

    private static Optional<Duration> sooner(Optional<Duration> asked, Optional<Duration> most) {
        return asked.isPresent() && most.isPresent() && most.get().compareTo(asked.get()) < 0
                ? most
                : asked.or(() -> most);
    }
}
