package dev.sharegpt4v.server.access;

import dev.sharegpt4v.runtime.execution.ContentHash;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.OptionalInt;

/**
 * A key that opens the server; only its hash is kept.
 *
 * @param name that logs may show
 * @param hash SHA-256 of the key, in hexadecimal
 * @param requestsPerMinute at most, where bounded
 * @param concurrent requests at most, where bounded
 * @param admin whether it may load and unload models
 */
public record ApiKey(String name, String hash, OptionalInt requestsPerMinute, OptionalInt concurrent, boolean admin) {

    /** A key that may only ask. */
    public ApiKey(String name, String hash, OptionalInt requestsPerMinute, OptionalInt concurrent) {
        this(name, hash, requestsPerMinute, concurrent, false);
    }

    public ApiKey {
        if (!hash.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("no SHA-256 of a key");
        }
        if (requestsPerMinute.orElse(1) < 1 || concurrent.orElse(1) < 1) {
            throw new IllegalArgumentException("limits of keys are positive");
        }
    }

    /** A key without limits. */
    public static ApiKey of(String name, String key) {
        return new ApiKey(name, HexFormat.of().formatHex(sha256(key)), OptionalInt.empty(), OptionalInt.empty());
    }

    static byte[] sha256(String key) {
        return ContentHash.newDigest().digest(key.getBytes(StandardCharsets.UTF_8));
    }
}
