package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.testing.Events;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.Schemas;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our own description: valid, of all routes and of no others, and true of what is answered. */
final class OpenApiDocumentTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final ScriptedServer SERVER = new ScriptedServer("a red circle");
    private static final JsonNode DOCUMENT =
            Golden.parse(SERVER.get("/openapi.json").asString());
    private static final Schemas SCHEMAS = new Schemas(DOCUMENT);
    private static final Set<String> METHODS = Set.of("get", "post", "delete", "put", "patch");

    @AfterAll
    static void close() {
        SERVER.close();
    }

    @Test
    void theDocumentIsValid() {
        SwaggerParseResult parsed = new OpenAPIV3Parser().readContents(DOCUMENT.toString());
        assertThat(parsed.getMessages()).isEmpty();
        assertThat(parsed.getOpenAPI().getPaths()).hasSameSizeAs(DOCUMENT.path("paths"));
        assertThat(DOCUMENT.path("openapi").asText()).startsWith("3.1.");
        assertThat(DOCUMENT.at("/info/version").asText()).isEqualTo("0");
    }

    @Test
    void everyRouteIsDescribedInOpenapiJsonAndNothingElseIs() {
        Set<String> described = new TreeSet<>();
        DOCUMENT.path("paths")
                .properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                    if (METHODS.contains(method)) {
                        described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
                    }
                }));
        Set<String> served = new TreeSet<>();
        SERVER.frontend()
                .table()
                .routes()
                .forEach(route -> served.add(route.method().text() + " " + route.label()));
        assertThat(described).isEqualTo(served);
    }

    @Test
    void everyOperationHasAnIdOfItsOwn() {
        assertThat(DOCUMENT.findValuesAsText("operationId"))
                .doesNotHaveDuplicates()
                .doesNotContain("");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/models, Models",
        "/v1/models/scripted, Model",
        "/version, Version",
        "/health/live, Health",
        "/health/ready, Health",
        "/nowhere, Error",
        "/v1/messages, AnthropicError",
    })
    void whatIsReadIsAsDescribed(String path, String schema) {
        SCHEMAS.check(schema, Golden.parse(SERVER.get(path).asString()));
    }

    @Test
    void answersAreAsDescribed() {
        ObjectNode chat = Requests.about("?", Pictures.dataUri(Pictures.png(1)));
        check("/v1/chat/completions", chat, "ChatRequest", "ChatCompletion");
        check("/v1/chat/completions/render", chat, "ChatRequest", "RenderedPrompt");
        check("/v1/chat/completions/input_tokens", chat, "ChatRequest", "InputTokens");
        check("/v1/completions", text("prompt", "? ASSISTANT:"), "TextCompletionRequest", "TextCompletion");
        check("/v1/responses", text("input", "?"), "ResponseRequest", "Response");
        check("/v1/responses/input_tokens", text("input", "?"), "ResponseRequest", "InputTokens");
        check("/v1/messages", message(), "MessagesRequest", "AnthropicMessage");
        check("/v1/messages/count_tokens", message(), "MessagesRequest", "TokenCount");
        check("/v1/embeddings", text("input", "?"), "EmbeddingsRequest", "Embeddings");
        check("/v1/captions", text("image", Pictures.dataUri(Pictures.png(1))), "CaptionRequest", "Captions");
        check("/tokenize", text("prompt", "?"), "TokenizeRequest", "Tokens");
        ObjectNode ids = JSON.createObjectNode();
        ids.putArray("tokens").add(5);
        check("/detokenize", ids, "DetokenizeRequest", "Text");
    }

    @Test
    void eventsAreAsDescribed() {
        checkEvents("/v1/chat/completions", Requests.text("?"), "ChatCompletionChunk");
        checkEvents("/v1/completions", text("prompt", "? ASSISTANT:"), "TextCompletion");
        checkEvents("/v1/responses", text("input", "?"), "ResponseEvent");
        checkEvents("/v1/messages", message(), "AnthropicEvent");
    }

    private static void check(String path, ObjectNode body, String request, String answer) {
        SCHEMAS.check(request, body);
        Response response = SERVER.post(path, body);
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(200);
        SCHEMAS.check(answer, Golden.parse(response.asString()));
        ObjectNode wrong = body.deepCopy().put("colour", 1);
        boolean anthropic = path.startsWith("/v1/messages");
        SCHEMAS.check(
                anthropic ? "AnthropicError" : "Error",
                Golden.parse(SERVER.post(path, wrong).asString()));
    }

    private static void checkEvents(String path, ObjectNode body, String schema) {
        body.put("stream", true);
        Events events = Events.of(SERVER.post(path, body).asString());
        assertThat(events.data()).isNotEmpty();
        events.data().stream()
                .filter(data -> !data.equals("[DONE]"))
                .forEach(data -> SCHEMAS.check(schema, Golden.parse(data)));
    }

    private static ObjectNode text(String name, String value) {
        return JSON.createObjectNode().put("model", ScriptedServer.MODEL).put(name, value);
    }

    private static ObjectNode message() {
        ObjectNode body = text("model", ScriptedServer.MODEL).put("max_tokens", 10);
        body.putArray("messages").addObject().put("role", "user").put("content", "?");
        return body;
    }
}
