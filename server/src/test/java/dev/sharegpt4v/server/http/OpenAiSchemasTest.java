package dev.sharegpt4v.server.http;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.testing.SharedData;
import dev.sharegpt4v.server.testing.Events;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.Schemas;
import dev.sharegpt4v.server.testing.ScriptedServer;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Answers of the other routes against OpenAI's published schemas, in full. */
final class OpenAiSchemasTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, String> EVENTS = Map.ofEntries(
            entry("response.created", "ResponseCreatedEvent"),
            entry("response.in_progress", "ResponseInProgressEvent"),
            entry("response.output_item.added", "ResponseOutputItemAddedEvent"),
            entry("response.content_part.added", "ResponseContentPartAddedEvent"),
            entry("response.output_text.delta", "ResponseTextDeltaEvent"),
            entry("response.output_text.done", "ResponseTextDoneEvent"),
            entry("response.content_part.done", "ResponseContentPartDoneEvent"),
            entry("response.output_item.done", "ResponseOutputItemDoneEvent"),
            entry("response.completed", "ResponseCompletedEvent"),
            entry("response.incomplete", "ResponseIncompleteEvent"),
            entry("response.function_call_arguments.delta", "ResponseFunctionCallArgumentsDeltaEvent"),
            entry("response.function_call_arguments.done", "ResponseFunctionCallArgumentsDoneEvent"));

    private static final ScriptedServer SERVER = new ScriptedServer("a red circle");
    private static Schemas schemas = new Schemas(JSON.createObjectNode());

    @BeforeAll
    static void read() throws IOException {
        schemas =
                new Schemas(JSON.readTree(SharedData.path("openai/openapi.json").toFile()));
    }

    @AfterAll
    static void close() {
        SERVER.close();
    }

    @Test
    void aTextCompletionIsAsDescribed() {
        check("/v1/completions", body("prompt", "? ASSISTANT:"), "CreateCompletionRequest", "CreateCompletionResponse");
    }

    @Test
    void vectorsAreAsDescribed() {
        check("/v1/embeddings", body("input", "?"), "CreateEmbeddingRequest", "CreateEmbeddingResponse");
    }

    @Test
    void aResponseIsAsDescribed() {
        ObjectNode body = body("input", "?").put("instructions", "Be brief.").put("temperature", 0.3);
        check("/v1/responses", body, "CreateResponse", "Response");
        check("/v1/responses", body.put("max_output_tokens", 16), "CreateResponse", "Response");
        ObjectNode pictured = JSON.createObjectNode().put("model", ScriptedServer.MODEL);
        pictured.putArray("input")
                .addObject()
                .put("role", "user")
                .putArray("content")
                .addObject()
                .put("type", "input_image")
                .put("detail", "auto")
                .put("image_url", Pictures.dataUri(Pictures.png(1)));
        // Of the request, OpenAI's own schema finds a message to be two kinds of item where only one is allowed.
        schemas.check(
                "Response", Golden.parse(SERVER.post("/v1/responses", pictured).asString()));
    }

    @Test
    void everyEventOfAResponseIsAsDescribed() {
        for (int most : new int[] {2, 100}) {
            ObjectNode body = body("input", "?").put("stream", true).put("max_output_tokens", most);
            Events events = Events.of(SERVER.post("/v1/responses", body).asString());
            checkEvents(events);
        }
    }

    @Test
    void callsOfFunctionsAreAsDescribed() {
        String call = "{\"name\": \"look\", \"arguments\": {\"at\": \"left\"}}";
        try (ScriptedServer caller = new ScriptedServer(call)) {
            ObjectNode body = body("input", "look!");
            ObjectNode tool = body.putArray("tools")
                    .addObject()
                    .put("type", "function")
                    .put("name", "look")
                    .put("strict", false);
            tool.putObject("parameters").put("type", "object");
            schemas.check(
                    "Response", Golden.parse(caller.post("/v1/responses", body).asString()));
            body.put("stream", true);
            checkEvents(Events.of(caller.post("/v1/responses", body).asString()));
        }
    }

    private static void checkEvents(Events events) {
        for (String data : events.data()) {
            JsonNode event = Golden.parse(data);
            String type = event.path("type").asText();
            assertThat(EVENTS).containsKey(type);
            schemas.check(EVENTS.getOrDefault(type, ""), event);
        }
    }

    private static void check(String path, ObjectNode body, String request, String answer) {
        schemas.check(request, body);
        schemas.check(answer, Golden.parse(SERVER.post(path, body).asString()));
    }

    private static ObjectNode body(String name, String value) {
        return JSON.createObjectNode().put("model", ScriptedServer.MODEL).put(name, value);
    }
}
