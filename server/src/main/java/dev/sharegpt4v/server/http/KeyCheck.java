package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.access.KeyRing;
import dev.sharegpt4v.server.access.KeyUse;
import dev.sharegpt4v.server.access.KeyUse.Decision;
import dev.sharegpt4v.server.batch.Owner;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.telemetry.ServerMetrics;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Lets in who has a key, as often as that key may ask; {@code Authorization: Bearer} is OpenAI's form,
 * {@code x-api-key} is Anthropic's.
 */
final class KeyCheck implements Filter {

    private static final HeaderName API_KEY = HeaderNames.create("x-api-key");
    private static final HeaderName LIMIT = HeaderNames.create("x-ratelimit-limit-requests");
    private static final HeaderName REMAINING = HeaderNames.create("x-ratelimit-remaining-requests");
    private static final HeaderName RESET = HeaderNames.create("x-ratelimit-reset-requests");
    private static final String BEARER = "bearer ";

    /** The key of the exchange that the current thread serves, where keys are needed. */
    private static final ScopedValue<KeyUse> USE = ScopedValue.newInstance();

    private final KeyRing keys;
    private final Set<String> open;
    private final ServerMetrics metrics;

    /** Some paths are open to all. */
    KeyCheck(KeyRing keys, Set<String> open, ServerMetrics metrics) {
        this.keys = keys;
        this.open = Set.copyOf(open);
        this.metrics = metrics;
    }

    /** Whose request the current thread serves. */
    static Owner caller() {
        return USE.isBound() ? Owner.of(USE.get().name()) : Owner.NOBODY;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        if (open.contains(request.path().path())) {
            chain.proceed();
            return;
        }
        Optional<KeyUse> found = presented(request.headers()).flatMap(keys::find);
        if (found.isEmpty()) {
            response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"sharegpt4v\"");
            refuse(
                    request,
                    response,
                    ApiException.exchange(
                            401,
                            "invalid_api_key",
                            "A valid API key is needed, as 'Authorization: Bearer KEY' or 'x-api-key: KEY'."));
            return;
        }
        KeyUse use = found.get();
        ExchangeNotes.current().nameKey(use.name());
        switch (use.begin()) {
            case Decision.Admitted(Optional<KeyUse.Quota> quota) -> {
                try {
                    quota.ifPresent(left -> tell(response, left));
                    ScopedValue.where(USE, use).run(chain::proceed);
                } finally {
                    use.end();
                }
            }
            case Decision.TooOften(Optional<KeyUse.Quota> quota, Duration wait) -> {
                quota.ifPresent(left -> tell(response, left));
                refuse(
                        request,
                        response,
                        ApiException.limited(
                                "rate_limit_exceeded", "This API key may not ask as often as that.", wait));
            }
            case Decision.TooMany(int most) ->
                refuse(
                        request,
                        response,
                        ApiException.limited(
                                "concurrency_limit_exceeded",
                                "This API key may have " + most + " requests under way.",
                                Duration.ofSeconds(1)));
        }
    }

    /** Refuses who has a key without the right to administrate; where no keys are needed, all have it. */
    static void requireAdmin() {
        if (USE.isBound() && !USE.get().isAdmin()) {
            throw ApiException.exchange(403, "admin_key_required", "This needs an API key with the right of an admin.");
        }
    }

    private static Optional<String> presented(Headers headers) {
        Optional<String> bearer = headers.first(HeaderNames.AUTHORIZATION)
                .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(value -> value.substring(BEARER.length()).strip());
        return bearer.or(() -> headers.first(API_KEY).map(String::strip));
    }

    private static void tell(RoutingResponse response, KeyUse.Quota quota) {
        response.header(LIMIT, Integer.toString(quota.limit()));
        response.header(REMAINING, Integer.toString(quota.remaining()));
        response.header(RESET, time(quota.reset()));
    }

    /** OpenAI's form, such as {@code 1s} or {@code 6m0s}. */
    static String time(Duration duration) {
        long seconds = Answers.wholeSeconds(duration);
        return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
    }

    private void refuse(RoutingRequest request, RoutingResponse response, ApiException failure) {
        metrics.rejected(failure.code());
        ExchangeNotes.current().refused(failure.code());
        Answers.error(request, response, failure);
    }
}
