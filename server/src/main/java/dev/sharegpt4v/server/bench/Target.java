package dev.sharegpt4v.server.bench;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;

/**
 * The server to measure.
 *
 * @param base its address without the {@code /v1} of the API
 * @param apiKey sent as a bearer token
 * @param timeout of one request, from sending to its end
 */
public record Target(URI base, Optional<String> apiKey, Duration timeout) {

    /**
     * Reads an address as people write it: with or without a trailing slash or {@code /v1}.
     *
     * @throws IllegalArgumentException when it is no HTTP address
     */
    public static Target of(String url, Optional<String> apiKey, Duration timeout) {
        URI base = URI.create(url.strip().replaceFirst("/+$", "").replaceFirst("/v1$", ""));
        boolean http = "http".equalsIgnoreCase(base.getScheme()) || "https".equalsIgnoreCase(base.getScheme());
        if (!http || base.getHost() == null) {
            throw new IllegalArgumentException(url + " is not an address such as http://localhost:8080");
        }
        return new Target(base, apiKey, timeout);
    }

    HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(timeout);
        apiKey.ifPresent(key -> request.header("Authorization", "Bearer " + key));
        return request;
    }
}
