package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.WireWriter;
import dev.sharegpt4v.server.telemetry.ServerMetrics;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** All routes of a server, its error mapping, and the small endpoints. */
public final class HttpFrontend {

    private static final System.Logger LOG = System.getLogger(HttpFrontend.class.getName());
    private static final Map<String, Set<String>> ROUTES = Map.of(
            "/v1/chat/completions", Set.of("POST"),
            "/v1/captions", Set.of("POST"),
            "/v1/models", Set.of("GET"),
            "/health/live", Set.of("GET"),
            "/health/ready", Set.of("GET"),
            "/metrics", Set.of("GET"));

    private final ServedModel model;
    private final HttpLimits limits;
    private final ServerMetrics metrics;
    private final Identity identity;
    private final BooleanSupplier accepting;

    /** Routes for one model; {@code accepting} turns false when the server drains. */
    public HttpFrontend(
            ServedModel model, HttpLimits limits, ServerMetrics metrics, Identity identity, BooleanSupplier accepting) {
        this.model = model;
        this.limits = limits;
        this.metrics = metrics;
        this.identity = identity;
        this.accepting = accepting;
    }

    /** Adds everything to a server: connections, routes, and what is said when there is no route. */
    public void install(WebServerConfig.Builder web) {
        // The web server counts before it reads; a chunk would otherwise be held in memory whatever its size.
        web.maxPayloadSize(limits.maxBodyBytes())
                .addConnectionSelector(connections())
                .directHandlers(ProtocolErrors.handlers())
                .routing(this::register);
    }

    private WatchedConnections connections() {
        WatchedConnections connections = new WatchedConnections(limits.writeTimeout());
        metrics.watchCount("http_connections", "Open connections", connections::open);
        return connections;
    }

    private void register(HttpRouting.Builder routing) {
        AdmissionGate gate = new AdmissionGate(limits.maxConcurrent(), accepting);
        metrics.watchCount("http_requests_admitted", "Requests under way, up to --max-concurrent", gate::taken);
        ImageIntake images = new ImageIntake(model, limits, metrics);
        TextLimit textLimit = new TextLimit(model);
        routing.addFilter(new Exchange());
        routing.register(
                "/v1/chat/completions", new ChatCompletionsEndpoint(model, limits, gate, images, textLimit, identity));
        routing.register("/v1/captions", new CaptionsEndpoint(model, limits, gate, images, textLimit, identity));
        routing.get("/v1/models", this::models);
        routing.get("/v1/models/{+id}", this::oneModel);
        routing.get("/health/live", (request, response) -> status(response, 200, "live"));
        routing.get("/health/ready", this::ready);
        routing.get("/metrics", this::scrape);
        routing.any(this::nothingHere);
        routing.error(ApiException.class, this::refuse);
        routing.error(HttpException.class, this::malformed);
        routing.error(Throwable.class, this::fail);
    }

    private void models(ServerRequest request, ServerResponse response) {
        ObjectNode list = new JsonMapper().createObjectNode();
        list.put("object", "list");
        list.putArray("data").add(card());
        Answers.json(response, 200, list);
    }

    private void oneModel(ServerRequest request, ServerResponse response) {
        identity.requireModel(request.path().pathParameters().get("id"));
        Answers.json(response, 200, card());
    }

    private ObjectNode card() {
        return WireWriter.modelCard(identity.model(), identity.started(), model.positions());
    }

    private void ready(ServerRequest request, ServerResponse response) {
        if (!accepting.getAsBoolean()) {
            status(response, 503, "draining");
        } else if (!model.engine().snapshot().healthy()) {
            status(response, 503, "unhealthy");
        } else {
            Answers.json(response, 200, status("ready").setAll(device()));
        }
    }

    private ObjectNode device() {
        return new JsonMapper()
                .createObjectNode()
                .put("device", identity.device().name())
                .put("provider", identity.device().provider())
                .put("device_description", identity.device().description());
    }

    private static void status(ServerResponse response, int status, String text) {
        Answers.json(response, status, status(text));
    }

    private static ObjectNode status(String text) {
        return new JsonMapper().createObjectNode().put("status", text);
    }

    private void scrape(ServerRequest request, ServerResponse response) {
        response.header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
        response.send(metrics.scrape());
    }

    private static String route(String path) {
        return path.startsWith("/v1/models/") ? "/v1/models" : path;
    }

    private void nothingHere(ServerRequest request, ServerResponse response) {
        Set<String> methods = ROUTES.get(route(request.path().path()));
        if (methods == null) {
            throw ApiException.exchange(
                    404, "not_found", "There is nothing at " + request.path().path() + ".");
        }
        response.header(HeaderNames.ALLOW, String.join(", ", methods));
        throw ApiException.exchange(
                405,
                "method_not_allowed",
                "Not allowed method " + request.prologue().method().text() + " at "
                        + request.path().path() + ".");
    }

    private void refuse(ServerRequest request, ServerResponse response, ApiException failure) {
        metrics.rejected(failure.code());
        if (!response.isSent()) {
            Answers.error(response, failure);
        }
    }

    /** What the web server finds wrong only when an endpoint reads it. */
    private void malformed(ServerRequest request, ServerResponse response, HttpException failure) {
        refuse(request, response, ProtocolErrors.error(failure.status()));
    }

    /** Anything that was not foreseen: told to the log with its trace, to the caller without. */
    private void fail(ServerRequest request, ServerResponse response, Throwable failure) {
        if (response.isSent()) {
            boolean clientGone = failure instanceof IOException || failure instanceof UncheckedIOException;
            LOG.log(
                    clientGone ? System.Logger.Level.DEBUG : System.Logger.Level.ERROR,
                    "an exchange ended early",
                    failure);
            return;
        }
        LOG.log(System.Logger.Level.ERROR, request.prologue().uriPath().path() + " failed unexpectedly", failure);
        refuse(request, response, ApiException.internal("The server failed to answer."));
    }

    /** The web server itself goes on reading, and would take what is left of a refused body for the next request. */
    private static void closeIfSaid(ServerRequest request, ServerResponse response) {
        if (response.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
            if (!request.content().consumed()) {
                LookAhead.lingerCurrent();
            }
            throw new CloseConnectionException("the connection was to be closed after this exchange");
        }
    }

    /** Gives every exchange its id, and counts its answer. */
    private final class Exchange implements Filter {

        @Override
        public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
            String path = route(request.path().path());
            response.header(HeaderNames.create(Answers.REQUEST_ID), Answers.requestId(request.headers()));
            try {
                chain.proceed();
            } finally {
                metrics.answered(
                        ROUTES.containsKey(path) ? path : "other",
                        response.status().code());
            }
            closeIfSaid(request, response);
        }
    }
}
