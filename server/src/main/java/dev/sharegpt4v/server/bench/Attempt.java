package dev.sharegpt4v.server.bench;

/**
 * One request of a measurement.
 *
 * @param due when the load wanted it sent, in nanoseconds; a cap on concurrency sends it later
 * @param outcome how it went
 */
public record Attempt(long due, Outcome outcome) {

    /** How long it waited at the client. */
    public long queuedNanos() {
        return Math.max(0, outcome.sent() - due);
    }
}
