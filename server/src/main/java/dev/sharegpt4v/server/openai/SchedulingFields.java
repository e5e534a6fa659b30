package dev.sharegpt4v.server.openai;

import dev.sharegpt4v.runtime.engine.Scheduling;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Reads what a request asks of the scheduler: vLLM's {@code priority} and {@code cache_salt}, and limits of time. */
final class SchedulingFields {

    static final Set<String> NAMES = Set.of("priority", "cache_salt", "queue_timeout", "timeout");

    private static final double MOST_SECONDS = 1e6;

    private SchedulingFields() {}

    static Scheduling read(JsonFields fields) {
        Optional<String> salt = fields.text("cache_salt");
        if (salt.isPresent() && salt.get().isEmpty()) {
            throw ApiException.invalid("cache_salt", "'cache_salt' must not be empty.");
        }
        return new Scheduling(
                fields.integer("priority", Integer.MIN_VALUE, Integer.MAX_VALUE).orElse(0),
                salt.orElse(""),
                seconds(fields, "queue_timeout"),
                seconds(fields, "timeout"));
    }

    private static Optional<Duration> seconds(JsonFields fields, String name) {
        return fields.number(name, 0.001, MOST_SECONDS).map(seconds -> Duration.ofNanos((long) (seconds * 1e9)));
    }
}
