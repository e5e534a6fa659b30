package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * A checked order of a batch.
 *
 * @param inputFile id of the file with the requests
 * @param endpoint that all of them ask
 * @param metadata the caller's own notes
 * @param outputExpiresAfter seconds after which the results are removed
 */
public record BatchRequest(
        String inputFile, String endpoint, Optional<Map<String, String>> metadata, OptionalLong outputExpiresAfter) {

    private static final Set<String> KNOWN =
            Set.of("input_file_id", "endpoint", "completion_window", "metadata", "output_expires_after");
    private static final int MOST_PAIRS = 16;
    private static final int LONGEST_KEY = 64;
    private static final int LONGEST_VALUE = 512;

    /**
     * Reads a body.
     *
     * @param endpoints that batches may ask
     * @param window the one that there is
     */
    public static BatchRequest read(JsonNode body, Set<String> endpoints, String window) {
        JsonFields fields = JsonFields.of(body, "");
        fields.allowOnly(KNOWN);
        String file = required(fields, "input_file_id");
        String endpoint = required(fields, "endpoint");
        if (!endpoints.contains(endpoint)) {
            throw ApiException.invalid(
                    "endpoint",
                    "Invalid value: '" + endpoint + "'. Batches may ask " + String.join(", ", new TreeSet<>(endpoints))
                            + ".");
        }
        if (!required(fields, "completion_window").equals(window)) {
            throw ApiException.invalid("completion_window", "'completion_window' must be '" + window + "'.");
        }
        return new BatchRequest(file, endpoint, metadata(fields), outputExpiresAfter(fields));
    }

    private static String required(JsonFields fields, String name) {
        return fields.text(name).orElseThrow(() -> ApiException.missing(name));
    }

    private static Optional<Map<String, String>> metadata(JsonFields fields) {
        if (!fields.has("metadata")) {
            return Optional.empty();
        }
        JsonFields given = fields.object("metadata");
        Map<String, String> pairs = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> pair : fields.raw("metadata").properties()) {
            String value = given.text(pair.getKey()).orElse("");
            if (pair.getKey().length() > LONGEST_KEY || value.length() > LONGEST_VALUE) {
                throw ApiException.invalid(
                        "metadata",
                        "'metadata' may have keys of %d and values of %d characters at most."
                                .formatted(LONGEST_KEY, LONGEST_VALUE));
            }
            pairs.put(pair.getKey(), value);
        }
        if (pairs.size() > MOST_PAIRS) {
            throw ApiException.invalid("metadata", "'metadata' may have " + MOST_PAIRS + " pairs at most.");
        }
        return Optional.of(Collections.unmodifiableMap(pairs));
    }

    private static OptionalLong outputExpiresAfter(JsonFields fields) {
        return fields.has("output_expires_after")
                ? OptionalLong.of(Expiry.seconds(fields.object("output_expires_after")))
                : OptionalLong.empty();
    }
}
