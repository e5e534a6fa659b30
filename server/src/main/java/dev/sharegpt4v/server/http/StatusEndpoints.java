package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.lifecycle.ModelSlot;
import dev.sharegpt4v.server.lifecycle.Models;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.telemetry.Exposition;
import dev.sharegpt4v.server.telemetry.ServerMetrics;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What the server says of itself: models, health, version and metrics. */
final class StatusEndpoints {

    private static final JsonMapper JSON = new JsonMapper();

    private final Models<ModelEndpoints> models;
    private final ModelSetup setup;
    private final ServerIdentity identity;
    private final ServerMetrics metrics;
    private final BooleanSupplier accepting;

    StatusEndpoints(
            Models<ModelEndpoints> models,
            ModelSetup setup,
            ServerIdentity identity,
            ServerMetrics metrics,
            BooleanSupplier accepting) {
        this.models = models;
        this.setup = setup;
        this.identity = identity;
        this.metrics = metrics;
        this.accepting = accepting;
        metrics.watchReady(() -> accepting.getAsBoolean() && models.areUsable());
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/models", this::models),
                Route.get("/v1/models/{+id}", this::oneModel),
                Route.get("/version", this::version),
                Route.get("/openapi.json", new OpenApiDocument(identity.version())),
                Route.get("/health/live", this::live),
                Route.get("/health/ready", this::ready),
                Route.get("/metrics", this::scrape));
    }

    private void models(ServerRequest request, ServerResponse response) {
        ObjectNode list = JSON.createObjectNode();
        list.put("object", "list");
        ArrayNode data = list.putArray("data");
        setup.sources().forEach(source -> data.add(card(source)));
        Answers.json(response, 200, list);
    }

    private void oneModel(ServerRequest request, ServerResponse response) {
        String name = request.path().pathParameters().get("id");
        ModelSource asked = setup.sources().stream()
                .filter(source -> source.name().equals(name))
                .findFirst()
                .orElseThrow(() -> ApiException.noModel(name));
        Answers.json(response, 200, card(asked));
    }

    private ObjectNode card(ModelSource source) {
        ModelSlot<ModelEndpoints> slot = models.find(source.name()).orElseThrow();
        return ModelCard.of(source, slot, identity.started(), setup.tellsStates());
    }

    private void live(ServerRequest request, ServerResponse response) {
        status(response, 200, "live");
    }

    private void ready(ServerRequest request, ServerResponse response) {
        if (!accepting.getAsBoolean()) {
            status(response, 503, "draining");
        } else if (!models.areUsable()) {
            status(response, 503, "unhealthy");
        } else {
            ObjectNode body = status("ready");
            device().ifPresent(device -> body.put("device", device.name())
                    .put("provider", device.provider())
                    .put("device_description", device.description()));
            Answers.json(response, 200, body);
        }
    }

    /** That of the first model in memory. */
    private Optional<ServedDevice> device() {
        return models.slots().values().stream()
                .flatMap(slot -> slot.peek().stream())
                .map(model -> model.identity().device())
                .findFirst();
    }

    private static void status(ServerResponse response, int status, String text) {
        Answers.json(response, status, status(text));
    }

    private static ObjectNode status(String text) {
        return JSON.createObjectNode().put("status", text);
    }

    /** As vLLM's {@code GET /version}. */
    private void version(ServerRequest request, ServerResponse response) {
        Answers.json(response, 200, JSON.createObjectNode().put("version", identity.version()));
    }

    private void scrape(ServerRequest request, ServerResponse response) {
        Exposition.Page page = metrics.scrape(String.join(",", request.headers().values(HeaderNames.ACCEPT)));
        response.header(HeaderNames.CONTENT_TYPE, page.contentType());
        response.header(HeaderNames.VARY, "Accept");
        Answers.send(response, page.text().getBytes(StandardCharsets.UTF_8));
    }
}
