package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.models.testing.SharedData;
import dev.sharegpt4v.server.testing.Events;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers against OpenAI's published description: what it requires is there, and of the type that it says. */
final class OpenApiTest {

    private final ScriptedServer server = new ScriptedServer("a red circle");
    private JsonNode schemas = new JsonMapper().createObjectNode();

    @BeforeEach
    void read() throws IOException {
        schemas = new JsonMapper()
                .readTree(SharedData.path("openai/openapi-chat-subset.json").toFile())
                .at("/components/schemas");
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void aWholeAnswerIsAsDescribed() {
        String answer = server.chat(Requests.about("?", Pictures.dataUri(Pictures.png(1))))
                .asString();
        check("answer", Golden.parse(answer), schema("CreateChatCompletionResponse"));
    }

    @Test
    void everyChunkIsAsDescribed() {
        var body = Requests.streamed(Requests.text("?"));
        body.putObject("stream_options").put("include_usage", true);
        for (JsonNode chunk : Events.of(server.chat(body).asString()).chunks()) {
            check("chunk", chunk, schema("CreateChatCompletionStreamResponse"));
        }
    }

    @Test
    void theListOfModelsIsAsDescribed() {
        check("models", Golden.parse(server.get("/v1/models").asString()), schema("ListModelsResponse"));
    }

    @Test
    void anErrorIsAsDescribed() {
        check("error", Golden.parse(server.get("/nowhere").asString()), schema("ErrorResponse"));
    }

    private JsonNode schema(String name) {
        JsonNode schema = schemas.path(name);
        assertThat(schema.isObject()).as(name).isTrue();
        return schema;
    }

    private void check(String path, JsonNode value, JsonNode schema) {
        if (value.isNull()) {
            return;
        }
        JsonNode rule = schema.has("$ref") ? schema(schema.path("$ref").asText().replaceFirst(".*/", "")) : schema;
        for (JsonNode name : rule.path("required")) {
            assertThat(value.has(name.asText())).as(path + "." + name.asText()).isTrue();
        }
        if (rule.has("enum")) {
            assertThat(rule.path("enum")).as(path).contains(value);
        }
        if (rule.path("type").isTextual()) {
            assertThat(isOfType(value, rule.path("type").asText())).as(path).isTrue();
        }
        rule.path("properties").properties().forEach(property -> {
            if (value.has(property.getKey())) {
                check(path + "." + property.getKey(), value.get(property.getKey()), property.getValue());
            }
        });
        if (rule.has("items")) {
            value.forEach(element -> check(path + "[]", element, rule.path("items")));
        }
    }

    private static boolean isOfType(JsonNode value, String type) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            default -> true;
        };
    }
}
