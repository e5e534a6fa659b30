package dev.sharegpt4v.server.access;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What one key has under way and may still ask. Thread-safe. */
public final class KeyUse {

    private final LongSupplier clock;
    private ApiKey key;
    private @Nullable TokenBucket bucket;
    private int running;

    KeyUse(ApiKey key, LongSupplier clock) {
        this.clock = clock;
        this.key = key;
        this.bucket = bucket(key);
    }

    private @Nullable TokenBucket bucket(ApiKey from) {
        return from.requestsPerMinute().isPresent()
                ? new TokenBucket(from.requestsPerMinute().getAsInt(), clock.getAsLong())
                : null;
    }

    /** The same key under other limits or another name; what it has under way stays. */
    synchronized void change(ApiKey to) {
        if (!to.requestsPerMinute().equals(key.requestsPerMinute())) {
            bucket = bucket(to);
        }
        key = to;
    }

    /** How far a bounded rate is used: OpenAI's {@code x-ratelimit-*-requests}. */
    public record Quota(int limit, int remaining, Duration reset) {}

    /** What becomes of a request. */
    public sealed interface Decision {

        /** It goes on; {@link #end()} must be called when it is over. */
        record Admitted(Optional<Quota> quota) implements Decision {}

        /** Too many in this minute. */
        record TooOften(Optional<Quota> quota, Duration retryAfter) implements Decision {}

        /** As many as it may have are under way. */
        record TooMany(int most) implements Decision {}
    }

    /** The name that logs may show. */
    public synchronized String name() {
        return key.name();
    }

    /** Whether it may load and unload models. */
    public synchronized boolean isAdmin() {
        return key.admin();
    }

    /** Counts one more request, or refuses it. */
    public synchronized Decision begin() {
        int most = key.concurrent().orElse(Integer.MAX_VALUE);
        if (running >= most) {
            return new Decision.TooMany(most);
        }
        if (bucket != null && !bucket.take(clock.getAsLong())) {
            return new Decision.TooOften(quota(), bucket.untilNext());
        }
        running++;
        return new Decision.Admitted(quota());
    }

    private Optional<Quota> quota() {
        return bucket == null
                ? Optional.empty()
                : Optional.of(new Quota(bucket.size(), bucket.left(), bucket.untilFull()));
    }

    /** A request that was admitted is over. */
    public synchronized void end() {
        running--;
    }
}
