package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.WireWriter;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;

/** Sends JSON answers and errors, and gives each exchange its id. */
final class Answers {

    static final String REQUEST_ID = "x-request-id";
    /** Bound while HEAD is answered. */
    static final ScopedValue<Boolean> WITHOUT_BODY = ScopedValue.newInstance();

    private static final HeaderName CONTENT_SECURITY_POLICY = HeaderNames.create("content-security-policy");
    private static final HeaderName REFERRER_POLICY = HeaderNames.create("referrer-policy");
    private static final int LONGEST_ID = 128;
    private static final Set<Integer> LEAVES_BODY = Set.of(401, 408, 413);

    private Answers() {}

    static void json(ServerResponse response, int status, JsonNode body) {
        response.status(Status.create(status));
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        send(response, WireWriter.bytes(body));
    }

    /** Sends a body, or to HEAD its length alone; the web server itself would send the body there, too. */
    static void send(ServerResponse response, byte[] body) {
        if (WITHOUT_BODY.isBound()) {
            response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
            response.send(new byte[0]);
        } else {
            response.send(body);
        }
    }

    /** Tells an error in the words of the path's clients. */
    static void error(ServerRequest request, ServerResponse response, ApiException error) {
        if (error.isRetryable() && !response.headers().contains(HeaderNames.RETRY_AFTER)) {
            response.header(HeaderNames.RETRY_AFTER, Long.toString(Math.max(1, wholeSeconds(error.retryAfter()))));
        }
        if (LEAVES_BODY.contains(error.status()) || error.code().equals("incomplete_body")) {
            // What is left of the body is not read, so the connection cannot be used again.
            response.header(HeaderNames.CONNECTION, "close");
        }
        json(
                response,
                error.status(),
                ErrorShape.of(request.prologue().uriPath().path()).body(error, id(response)));
    }

    /** As headers tell a time: no part of a second is left out. */
    static long wholeSeconds(Duration time) {
        return time.plusNanos(999_999_999).toSeconds();
    }

    /** Names the exchange, in the header that the path's clients look at, too. */
    static void name(ServerResponse response, String path, String id) {
        response.header(HeaderNames.create(REQUEST_ID), id);
        if (ErrorShape.of(path) == ErrorShape.ANTHROPIC) {
            response.header(HeaderNames.create("request-id"), id);
        }
    }

    /** The id of the exchange. */
    static String id(ServerResponse response) {
        return response.headers().first(HeaderNames.create(REQUEST_ID)).orElse("");
    }

    /** What browsers should know of every answer: it is for its asker alone, and what it says it is. */
    static void protect(ServerResponse response) {
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.header(CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
        response.header(REFERRER_POLICY, "no-referrer");
        response.header(HeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff");
    }

    /** The caller's id where it has a sane one, else a new one. */
    static String requestId(Headers headers) {
        String given = headers.first(HeaderNames.create(REQUEST_ID)).orElse("");
        boolean sane = !given.isEmpty()
                && given.length() <= LONGEST_ID
                && given.chars().allMatch(c -> c > ' ' && c < 127);
        return sane ? given : "req_" + UUID.randomUUID().toString().replace("-", "");
    }
}
