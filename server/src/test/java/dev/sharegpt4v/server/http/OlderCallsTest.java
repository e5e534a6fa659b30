package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Events;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** {@code functions} and {@code function_call}, which came before tools. */
final class OlderCallsTest {

    private static final String CALL = "{\"name\": \"paint\", \"arguments\": {\"colour\": \"red\"}}";
    private static final ScriptedServer SERVER = new ScriptedServer(CALL);

    @AfterAll
    static void close() {
        SERVER.close();
    }

    private static ObjectNode asked() {
        ObjectNode body = Requests.text("?");
        ObjectNode function = body.putArray("functions").addObject();
        function.put("name", "paint").put("description", "Paints.");
        function.set(
                "parameters",
                Golden.parse("{\"type\": \"object\", \"properties\": {\"colour\": {\"enum\": [\"red\", \"blue\"]}},"
                        + " \"required\": [\"colour\"], \"additionalProperties\": false}"));
        return body;
    }

    private static JsonNode choice(ObjectNode body) {
        Response answer = SERVER.chat(body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return Golden.parse(answer.asString()).at("/choices/0");
    }

    @Test
    void aCallIsToldInTheOlderForm() {
        for (ObjectNode body : new ObjectNode[] {asked(), asked().put("function_call", "auto"), forced()}) {
            JsonNode choice = choice(body);
            assertThat(choice.path("finish_reason").asText())
                    .as(choice.toString())
                    .isEqualTo("function_call");
            assertThat(choice.at("/message/content").isNull()).isTrue();
            assertThat(choice.at("/message").has("tool_calls")).isFalse();
            JsonNode call = choice.at("/message/function_call");
            assertThat(call.path("name").asText()).isEqualTo("paint");
            assertThat(Golden.parse(call.path("arguments").asText())
                            .path("colour")
                            .asText())
                    .isIn("red", "blue");
            assertThat(call).hasSize(2);
        }
    }

    private static ObjectNode forced() {
        ObjectNode body = asked();
        body.putObject("function_call").put("name", "paint");
        return body;
    }

    @Test
    void aStreamTellsItPieceByPiece() {
        Events events = Events.of(SERVER.chat(Requests.streamed(asked())).asString());
        StringBuilder name = new StringBuilder();
        StringBuilder arguments = new StringBuilder();
        events.choices(0).forEach(choice -> {
            assertThat(choice.at("/delta").has("tool_calls")).isFalse();
            name.append(choice.at("/delta/function_call/name").asText());
            arguments.append(choice.at("/delta/function_call/arguments").asText());
        });
        assertThat(name.toString()).isEqualTo("paint");
        assertThat(arguments.toString()).isEqualTo("{\"colour\": \"red\"}");
        assertThat(events.finishReason()).isEqualTo("function_call");
    }

    @Test
    void noneLeavesWords() {
        JsonNode choice = choice(asked().put("function_call", "none"));
        assertThat(choice.at("/message/content").asText()).isEqualTo(CALL);
        assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
    }

    private static String prompt(ObjectNode body) {
        return SERVER.post("/v1/chat/completions/render", body).path("prompt");
    }

    @Test
    void theDialogueIsThatOfTools() {
        ObjectNode older = asked();
        ArrayNode messages = (ArrayNode) older.path("messages");
        ObjectNode called = messages.addObject().put("role", "assistant").putNull("content");
        called.putObject("function_call").put("name", "paint").put("arguments", "{\"colour\": \"red\"}");
        messages.addObject().put("role", "function").put("name", "paint").put("content", "done");

        ObjectNode newer = asked();
        JsonNode function = newer.remove("functions").get(0);
        newer.putArray("tools").addObject().put("type", "function").set("function", function);
        ArrayNode others = (ArrayNode) newer.path("messages");
        ObjectNode call = others.addObject()
                .put("role", "assistant")
                .putArray("tool_calls")
                .addObject();
        call.put("id", "c").put("type", "function");
        call.putObject("function").put("name", "paint").put("arguments", "{\"colour\": \"red\"}");
        others.addObject().put("role", "tool").put("tool_call_id", "c").put("content", "done");

        assertThat(prompt(older)).contains("Result of paint: done").isEqualTo(prompt(newer));
    }

    @Test
    void whatIsWrongIsNamedAsItCame() {
        ObjectNode both = asked();
        both.putArray("tools").addObject().put("type", "function");
        ErrorAnswer.is(SERVER.chat(both), 400, "invalid_value", "functions");

        ObjectNode stranger = asked();
        ((ArrayNode) stranger.path("messages"))
                .addObject()
                .put("role", "function")
                .put("name", "other")
                .put("content", "x");
        ErrorAnswer.is(SERVER.chat(stranger), 400, "invalid_value", "messages[1].name");

        ObjectNode unknown = asked();
        unknown.putObject("function_call").put("name", "other");
        ErrorAnswer.is(SERVER.chat(unknown), 400, "invalid_value", "function_call.name");

        ObjectNode users = asked();
        ((ObjectNode) users.at("/messages/0")).putObject("function_call").put("name", "x");
        ErrorAnswer.is(SERVER.chat(users), 400, "unsupported_parameter", "messages[0].function_call");

        ObjectNode schema = forced();
        ((ObjectNode) schema.at("/functions/0/parameters")).put("propertyNames", 5);
        assertThat((String) SERVER.chat(schema).path("error.param")).startsWith("functions[0].parameters");
    }
}
