package dev.sharegpt4v.server.batch;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the caller of a batch wants.
 *
 * @param inputFile id of the file with the requests
 * @param endpoint that all of them ask
 * @param metadata the caller's own notes, in their order
 * @param outputExpiresAfter seconds after which the results are removed; never when empty
 * @param owner who may see the batch and its results
 */
public record BatchOrder(
        String inputFile,
        String endpoint,
        Optional<Map<String, String>> metadata,
        OptionalLong outputExpiresAfter,
        Owner owner) {

    /** The one window there is, as at OpenAI. */
    public static final String WINDOW = "24h";

    static final long WINDOW_SECONDS = 24 * 3600;

    public BatchOrder {
        metadata = metadata.map(pairs -> Collections.unmodifiableMap(new LinkedHashMap<>(pairs)));
    }
}
