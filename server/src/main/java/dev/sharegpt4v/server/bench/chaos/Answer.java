package dev.sharegpt4v.server.bench.chaos;

import java.util.Map;

/**
 * An answer that was read to its end.
 *
 * @param status of HTTP
 * @param headers by their names in lower case
 * @param body as text
 */
record Answer(int status, Map<String, String> headers, String body) {

    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    boolean isStream() {
        return header("content-type").startsWith("text/event-stream");
    }
}
