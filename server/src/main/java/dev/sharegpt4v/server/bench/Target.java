package dev.sharegpt4v.server.bench;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;

/**
 * The server to measure.
 *
 * @param base its address without the {@code /v1} of the API
 * @param headers sent with every request
 * @param timeout of one request, from sending to its end
 */
public record Target(URI base, Map<String, String> headers, Duration timeout) {

    public Target {
        headers = Map.copyOf(headers);
    }

    /**
     * Reads an address as people write it: with or without a trailing slash or {@code /v1}.
     *
     * @throws IllegalArgumentException when it is no HTTP address
     */
    public static Target of(String url, Map<String, String> headers, Duration timeout) {
        URI base = URI.create(url.strip().replaceFirst("/+$", "").replaceFirst("/v1$", ""));
        boolean http = "http".equalsIgnoreCase(base.getScheme()) || "https".equalsIgnoreCase(base.getScheme());
        if (!http || base.getHost() == null) {
            throw new IllegalArgumentException(url + " is not an address such as http://localhost:8080");
        }
        return new Target(base, headers, timeout);
    }

    HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(timeout);
        headers.forEach(request::setHeader);
        return request;
    }
}
