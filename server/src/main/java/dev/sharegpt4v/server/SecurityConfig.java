package dev.sharegpt4v.server;

import dev.sharegpt4v.server.http.Protection;
import dev.sharegpt4v.server.media.FetchRules;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Checked settings of what stands between a server and its callers.
 *
 * @param fetch rules for images from the network; none are fetched when empty
 * @param imageFolder of images that may be named by {@code file:} URLs
 * @param apiKeys that open the server
 * @param apiKeyFile of more of them
 * @param openMetrics whether metrics need no key
 * @param tls certificate and key; plain HTTP when empty
 * @param origins whose pages may read answers; {@code *} for all
 * @param logRequests whether each exchange is logged with the start of its body
 * @param patience for the head of a request, for silence within a body, and for an unused connection
 * @param connections at one time
 * @param console whether there are pages for people
 */
public record SecurityConfig(
        Optional<FetchRules> fetch,
        Optional<Path> imageFolder,
        List<String> apiKeys,
        Optional<Path> apiKeyFile,
        boolean openMetrics,
        Optional<TlsFiles> tls,
        List<String> origins,
        boolean logRequests,
        Duration patience,
        int connections,
        boolean console) {

    /** Open to all who reach it, with images from requests alone. */
    public static final SecurityConfig DEFAULT = new SecurityConfig(
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            false,
            Optional.empty(),
            List.of(),
            false,
            Protection.PATIENCE,
            Protection.CONNECTIONS,
            true);

    public SecurityConfig {
        apiKeys = List.copyOf(apiKeys);
        origins = List.copyOf(origins);
    }
}
