package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** Reads OpenAI's {@code {"anchor": "created_at", "seconds": N}}: when a file is removed. */
public final class Expiry {

    private static final int LEAST = 3600;
    private static final int MOST = 30 * 24 * 3600;

    private Expiry() {}

    /** Seconds after the file was made; {@code param} is the member that holds the object. */
    public static long seconds(JsonNode expiry, String param) {
        return seconds(JsonFields.of(expiry, param));
    }

    static long seconds(JsonFields expiry) {
        expiry.allowOnly(Set.of("anchor", "seconds"));
        if (!expiry.text("anchor").orElse("").equals("created_at")) {
            throw ApiException.invalid(
                    expiry.param("anchor"), "'" + expiry.param("anchor") + "' must be 'created_at'.");
        }
        return expiry.integer("seconds", LEAST, MOST).orElseThrow(() -> ApiException.missing(expiry.param("seconds")));
    }
}
