package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.batch.Batches;
import dev.sharegpt4v.server.lifecycle.Models;
import dev.sharegpt4v.server.logging.SafeText;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.telemetry.ServerMetrics;
import dev.sharegpt4v.server.tracing.Tracing;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.Method;
import io.helidon.http.Status;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** All routes of a server and its error mapping. */
public final class HttpFrontend implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(HttpFrontend.class.getName());

    private final HttpLimits limits;
    private final LiveLimits live;
    private final ServerMetrics metrics;
    private final RouteTable routes;
    private final Optional<Batches> batches;
    private final Protection protection;
    private final Optional<Console> console;
    private final AdmissionGate gate;
    private final Exchanges exchanges;
    private final Models<ModelEndpoints> models;

    /**
     * Opens the models, unless requests do, and makes all routes, traced. With a folder for files and batches, those that
     * have not ended go on at once.
     *
     * @param accepting turns false when the server drains
     */
    public HttpFrontend(
            ModelSetup setup,
            HttpLimits limits,
            ServerMetrics metrics,
            ServerIdentity identity,
            BooleanSupplier accepting,
            Optional<BatchSetup> batching,
            Protection protection,
            Tracing tracing) {
        this.protection = protection;
        this.console = protection.console() ? Optional.of(new Console()) : Optional.empty();
        this.exchanges = new Exchanges(tracing, protection.logRequests());
        this.limits = limits;
        this.live = new LiveLimits(limits);
        this.metrics = metrics;
        this.gate = new AdmissionGate(limits.maxConcurrent(), limits.admission(), accepting);
        metrics.watchCount("http_requests_admitted", "Requests under way, up to --max-concurrent", gate::taken);
        watch("admitted_tokens", "Tokens of prompts, and of completions at their most", gate.tokens());
        watch("admitted_pixels", "Pixels of pictures that are decoded or wait for it", gate.pixels());
        protection
                .images()
                .remote()
                .ifPresent(remote -> metrics.watchCount("image_downloads", "Images being fetched", remote::underWay));
        this.models = new ModelSlots(live, gate, metrics, protection.images()).of(setup);
        ServedModels served = new ServedModels(models);
        List<Route> all = new ArrayList<>(new ModelRoutes(served, live, gate).all());
        all.addAll(ModelAdmin.routes(models, setup, identity, accepting));
        all.addAll(new StatusEndpoints(models, setup, identity, metrics, accepting).routes());
        this.batches = batching.map(asked -> asked.folder()
                .startBatches(new BatchLines(served, exchanges), models.firstName(), asked.linesAtOnce()));
        all.addAll(
                batching.isPresent() && batches.isPresent()
                        ? DataRoutes.of(limits, gate, batching.get().folder(), batches.get(), metrics)
                        : DataRoutes.none());
        console.ifPresent(pages -> all.addAll(pages.routes()));
        this.routes = new RouteTable(all);
    }

    private void watch(String name, String what, Budget budget) {
        metrics.watchCount(name, what + ", under way", budget::taken);
        metrics.watchCount(name + "_limit", what + ", that may be under way", budget::limit);
    }

    /**
     * Waits until all requests under way have their whole answers; no others may be accepted any more.
     *
     * @return false when they take longer
     */
    public boolean awaitIdle(Duration patience) throws InterruptedException {
        return gate.awaitEmpty(patience);
    }

    /** From now on other limits hold for requests that come, as far as they can change. */
    public void limit(HttpLimits other) {
        HttpLimits changed = limits.changedTo(other);
        live.change(changed);
        gate.change(changed.maxConcurrent(), changed.admission());
    }

    /** Stops the lines of batches, which go on after the next start. */
    public void stopBatches() {
        batches.ifPresent(Batches::close);
    }

    /** What is told of the model that is meant where none is named; empty while it is not in memory. */
    public Optional<Identity> identity() {
        return models.first().peek().map(ModelEndpoints::identity);
    }

    /** Frees the models; nothing may ask them any more. */
    @Override
    public void close() {
        models.close();
    }

    /** What is served where. */
    RouteTable table() {
        return routes;
    }

    /** Adds everything to a server: connections, routes, and what is said when there is no route. */
    public void install(WebServerConfig.Builder web) {
        // The web server counts before it reads; a chunk would otherwise be held in memory whatever its size.
        // The only selector is asked at once; with others beside it the web server first waits for bytes, forever.
        web.protocolsDiscoverServices(false)
                .maxTcpConnections(protection.connections())
                .maxPayloadSize(limits.maxBodyBytes())
                .addConnectionSelector(connections())
                .directHandlers(ProtocolErrors.handlers(this::refusedByWebServer))
                .routing(this::register);
    }

    private WatchedConnections connections() {
        WatchedConnections connections = new WatchedConnections(limits.writeTimeout(), protection.patience());
        metrics.watchCount("http_connections", "Open connections", connections::open);
        return connections;
    }

    private void register(HttpRouting.Builder routing) {
        routing.addFilter(new Exchange());
        if (!protection.origins().isEmpty()) {
            routing.addFilter(new Cors(protection.origins()));
        }
        protection.keys().ifPresent(keys -> routing.addFilter(new KeyCheck(keys, open(), metrics)));
        routes.register(routing);
        routing.any(this::nothingHere);
        routing.error(ApiException.class, this::refuse);
        routing.error(HttpException.class, this::malformed);
        routing.error(SendingPace.TooSlow.class, this::tooSlow);
        routing.error(Throwable.class, this::fail);
    }

    /** The paths that need no key. */
    private Set<String> open() {
        Set<String> open = new HashSet<>(Set.of("/health/live", "/health/ready"));
        if (protection.openMetrics()) {
            open.add("/metrics");
        }
        console.ifPresent(pages -> open.addAll(pages.paths()));
        return open;
    }

    private void nothingHere(ServerRequest request, ServerResponse response) {
        String path = request.path().path();
        Optional<String> allowed = routes.allowed(request.path());
        if (allowed.isEmpty()) {
            throw ApiException.exchange(404, "not_found", "There is nothing at " + path + ".");
        }
        response.header(HeaderNames.ALLOW, allowed.get());
        Method method = request.prologue().method();
        if (method.equals(Method.OPTIONS)) {
            response.status(Status.NO_CONTENT_204).send();
            return;
        }
        throw ApiException.exchange(
                405, "method_not_allowed", "Not allowed method " + method.text() + " at " + path + ".");
    }

    private void note(ApiException failure) {
        metrics.rejected(failure.code());
        ExchangeNotes.current().refused(failure.code());
    }

    private void refuse(ServerRequest request, ServerResponse response, ApiException failure) {
        note(failure);
        if (!response.isSent()) {
            Answers.error(request, response, failure);
        }
    }

    private void refusedByWebServer(String method, String path, String id, ApiException failure) {
        note(failure);
        if (!ExchangeNotes.isBound()) {
            metrics.answered(RouteTable.OTHER, failure.status());
            exchanges.endUnrouted(id, method, path, failure);
        }
    }

    /** What the web server finds wrong only when an endpoint reads it. */
    private void malformed(ServerRequest request, ServerResponse response, HttpException failure) {
        refuse(request, response, ProtocolErrors.error(failure.status()));
    }

    private void tooSlow(ServerRequest request, ServerResponse response, SendingPace.TooSlow failure) {
        refuse(
                request,
                response,
                ApiException.exchange(408, "request_timeout", "The body of the request came too slowly."));
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
        LOG.log(
                System.Logger.Level.ERROR,
                SafeText.of(request.prologue().uriPath().path()) + " failed unexpectedly",
                failure);
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

    /** Gives every exchange its id, and notes, counts and traces its answer. */
    private final class Exchange implements Filter {

        @Override
        public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
            String asked = request.path().path();
            String id = Answers.requestId(request.headers());
            Answers.name(response, asked, id);
            Answers.protect(response);
            LookAhead.currentPace().headRead();
            long started = System.nanoTime();
            Optional<String> route = routes.route(request.path());
            ExchangeNotes notes = exchanges.begin(request, id, route.orElse(""), started);
            notes.run(() -> {
                try {
                    answer(chain, request);
                } finally {
                    LookAhead.currentPace().answered();
                    int status = response.status().code();
                    String label = route.orElse(RouteTable.OTHER);
                    metrics.answered(label, status, System.nanoTime() - started);
                    exchanges.end(notes, request.prologue().method().text(), label, asked, status, started);
                }
            });
            closeIfSaid(request, response);
        }

        private static void answer(FilterChain chain, RoutingRequest request) {
            if (request.prologue().method().equals(Method.HEAD)) {
                ScopedValue.where(Answers.WITHOUT_BODY, true).run(chain::proceed);
            } else {
                chain.proceed();
            }
        }
    }
}
