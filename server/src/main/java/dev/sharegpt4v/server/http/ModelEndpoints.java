package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.lifecycle.Loadable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;

/** The endpoints of one model in memory, for those who wait and for lines of batches. */
final class ModelEndpoints implements Loadable {

    static final String CAPTIONS = "/v1/captions";

    private static final SequencedMap<String, Function<EndpointParts, JsonRoute>> ALL = all();
    private static final Set<String> OF_BATCHES =
            Set.of("/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/embeddings", CAPTIONS);

    private final OpenedModel opened;
    private final LiveLimits limits;
    private final Function<HttpLimits, EndpointParts> parts;
    private volatile Made made;

    /**
     * Endpoints, and what was asked for in the background, under some limits.
     *
     * @param under the limits
     */
    private record Made(HttpLimits under, Map<String, JsonRoute> routes, Map<String, JsonRoute> background) {

        static Made of(EndpointParts parts) {
            EndpointParts behind = parts.inBackground();
            Map<String, JsonRoute> routes = new LinkedHashMap<>();
            Map<String, JsonRoute> background = new LinkedHashMap<>();
            ALL.forEach((path, maker) -> routes.put(path, maker.apply(parts)));
            OF_BATCHES.forEach(path -> background.put(
                    path, Objects.requireNonNull(ALL.get(path), path).apply(behind)));
            return new Made(parts.limits(), routes, background);
        }
    }

    /** Endpoints of a model; {@code parts} are what they share under some limits. */
    ModelEndpoints(OpenedModel opened, LiveLimits limits, Function<HttpLimits, EndpointParts> parts) {
        this.opened = opened;
        this.limits = limits;
        this.parts = parts;
        this.made = Made.of(parts.apply(limits.now()));
    }

    /** They are made anew when limits have changed: requests under way keep those they came under. */
    private Made made() {
        HttpLimits now = limits.now();
        if (!made.under().equals(now)) {
            made = Made.of(parts.apply(now));
        }
        return made;
    }

    private static SequencedMap<String, Function<EndpointParts, JsonRoute>> all() {
        SequencedMap<String, Function<EndpointParts, JsonRoute>> all = new LinkedHashMap<>();
        all.put("/v1/chat/completions", ChatCompletionsEndpoint::new);
        all.put("/v1/chat/completions/render", parts -> new RenderEndpoints(parts)::render);
        all.put("/v1/chat/completions/input_tokens", parts -> new RenderEndpoints(parts)::inputTokens);
        all.put("/v1/completions", TextCompletionsEndpoint::new);
        all.put("/v1/responses", ResponsesEndpoints::new);
        all.put("/v1/responses/input_tokens", parts -> new ResponsesEndpoints(parts)::inputTokens);
        all.put("/v1/messages", parts -> new MessagesEndpoints(parts)::answer);
        all.put("/v1/messages/count_tokens", parts -> new MessagesEndpoints(parts)::countTokens);
        all.put("/v1/embeddings", EmbeddingsEndpoint::new);
        all.put(CAPTIONS, CaptionsEndpoint::new);
        all.put("/tokenize", parts -> new TokenizeEndpoints(parts)::tokenize);
        all.put("/detokenize", parts -> new TokenizeEndpoints(parts)::detokenize);
        return Collections.unmodifiableSequencedMap(all);
    }

    /** The paths of all routes whose requests name a model. */
    static Set<String> paths() {
        return ALL.keySet();
    }

    /** The paths that lines of batches may ask. */
    static Set<String> pathsOfBatches() {
        return OF_BATCHES;
    }

    JsonRoute route(String path) {
        return Objects.requireNonNull(made().routes().get(path), path);
    }

    /** A route for requests that nobody waits for. */
    JsonRoute background(String path) {
        return Objects.requireNonNull(made().background().get(path), path);
    }

    CaptionsEndpoint captions() {
        return (CaptionsEndpoint) route(CAPTIONS);
    }

    Identity identity() {
        return opened.identity();
    }

    int positions() {
        return opened.served().positions();
    }

    @Override
    public boolean isHealthy() {
        return opened.running().isHealthy();
    }

    @Override
    public void stop() {
        opened.metrics().forget();
        opened.running().stop();
    }

    @Override
    public void close() {
        opened.running().close();
    }
}
