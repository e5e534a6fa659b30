package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.openai.ApiException;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Lets pages of some origins read answers. Without credentials: a key is a header that the page itself sends. Source: Fetch
 * Standard, section 3.2.
 */
final class Cors implements Filter {

    private static final HeaderName ORIGIN = HeaderNames.create("origin");
    private static final HeaderName ASKED_METHOD = HeaderNames.create("access-control-request-method");
    private static final HeaderName ASKED_HEADERS = HeaderNames.create("access-control-request-headers");
    private static final HeaderName ALLOWED_ORIGIN = HeaderNames.create("access-control-allow-origin");
    private static final HeaderName ALLOWED_METHODS = HeaderNames.create("access-control-allow-methods");
    private static final HeaderName ALLOWED_HEADERS = HeaderNames.create("access-control-allow-headers");
    private static final HeaderName EXPOSED = HeaderNames.create("access-control-expose-headers");
    private static final HeaderName MAX_AGE = HeaderNames.create("access-control-max-age");
    private static final Pattern NAMES = Pattern.compile("[A-Za-z0-9-]{1,64}([ ]?,[ ]?[A-Za-z0-9-]{1,64}){0,63}");
    private static final String USUAL = "authorization, content-type, x-api-key, x-request-id";

    private final List<String> origins;

    /** For these origins, or for all by {@code *}. */
    Cors(List<String> origins) {
        this.origins = List.copyOf(origins);
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        boolean any = origins.contains("*");
        if (!any) {
            response.header(HeaderNames.VARY, "Origin");
        }
        Optional<String> origin = request.headers().first(ORIGIN);
        boolean allowed = origin.isPresent() && (any || origins.contains(origin.get()));
        if (allowed) {
            response.header(ALLOWED_ORIGIN, any ? "*" : origin.get());
            response.header(
                    EXPOSED,
                    "x-request-id, retry-after, x-ratelimit-limit-requests, x-ratelimit-remaining-requests,"
                            + " x-ratelimit-reset-requests");
        }
        boolean preflight = request.prologue().method().equals(Method.OPTIONS)
                && origin.isPresent()
                && request.headers().contains(ASKED_METHOD);
        if (!preflight) {
            chain.proceed();
        } else if (allowed) {
            String asked = request.headers().first(ASKED_HEADERS).orElse(USUAL);
            response.header(ALLOWED_METHODS, "GET, POST, DELETE, OPTIONS");
            response.header(ALLOWED_HEADERS, NAMES.matcher(asked).matches() ? asked : USUAL);
            response.header(MAX_AGE, "600");
            response.status(Status.NO_CONTENT_204);
            response.send();
        } else {
            Answers.error(
                    request,
                    response,
                    ApiException.exchange(403, "origin_not_allowed", "Pages of this origin may not use this server."));
        }
    }
}
