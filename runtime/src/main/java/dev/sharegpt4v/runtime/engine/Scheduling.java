package dev.sharegpt4v.runtime.engine;

import java.time.Duration;
import java.util.Optional;

/**
 * What a request asks of the scheduler.
 *
 * @param priority lower goes first; 0 for those who do not care
 * @param cacheSalt requests share cached keys and values only with those of an equal salt; empty for all who gave none
 * @param queueTimeout how long it may wait for its first step
 * @param timeout how long it may take in all; what was said by then is kept
 */
public record Scheduling(int priority, String cacheSalt, Optional<Duration> queueTimeout, Optional<Duration> timeout) {

    /** First come, first served, without a limit of time. */
    public static final Scheduling DEFAULT = new Scheduling(0, "", Optional.empty(), Optional.empty());
}
