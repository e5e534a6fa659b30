package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.openai.WireWriter;
import dev.sharegpt4v.server.telemetry.Exposition;
import dev.sharegpt4v.server.telemetry.ServerMetrics;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/** What the server says of itself: models, health, version and metrics. */
final class StatusEndpoints {

    private static final JsonMapper JSON = new JsonMapper();

    private final ServedModel model;
    private final Identity identity;
    private final ServerMetrics metrics;
    private final BooleanSupplier accepting;

    StatusEndpoints(ServedModel model, Identity identity, ServerMetrics metrics, BooleanSupplier accepting) {
        this.model = model;
        this.identity = identity;
        this.metrics = metrics;
        this.accepting = accepting;
        metrics.watchReady(
                () -> accepting.getAsBoolean() && model.engine().snapshot().healthy());
    }

    void models(ServerRequest request, ServerResponse response) {
        ObjectNode list = JSON.createObjectNode();
        list.put("object", "list");
        list.putArray("data").add(card());
        Answers.json(response, 200, list);
    }

    void oneModel(ServerRequest request, ServerResponse response) {
        identity.requireModel(request.path().pathParameters().get("id"));
        Answers.json(response, 200, card());
    }

    private ObjectNode card() {
        return WireWriter.modelCard(identity.model(), identity.started(), model.positions());
    }

    void live(ServerRequest request, ServerResponse response) {
        status(response, 200, "live");
    }

    void ready(ServerRequest request, ServerResponse response) {
        if (!accepting.getAsBoolean()) {
            status(response, 503, "draining");
        } else if (!model.engine().snapshot().healthy()) {
            status(response, 503, "unhealthy");
        } else {
            Answers.json(response, 200, status("ready").setAll(device()));
        }
    }

    private ObjectNode device() {
        return JSON.createObjectNode()
                .put("device", identity.device().name())
                .put("provider", identity.device().provider())
                .put("device_description", identity.device().description());
    }

    private static void status(ServerResponse response, int status, String text) {
        Answers.json(response, status, status(text));
    }

    private static ObjectNode status(String text) {
        return JSON.createObjectNode().put("status", text);
    }

    /** As vLLM's {@code GET /version}. */
    void version(ServerRequest request, ServerResponse response) {
        Answers.json(response, 200, JSON.createObjectNode().put("version", identity.version()));
    }

    void scrape(ServerRequest request, ServerResponse response) {
        Exposition.Page page = metrics.scrape(String.join(",", request.headers().values(HeaderNames.ACCEPT)));
        response.header(HeaderNames.CONTENT_TYPE, page.contentType());
        response.header(HeaderNames.VARY, "Accept");
        Answers.send(response, page.text().getBytes(StandardCharsets.UTF_8));
    }
}
