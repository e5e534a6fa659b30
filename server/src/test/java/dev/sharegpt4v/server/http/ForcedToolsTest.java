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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Functions that the model must call, whatever it would say. */
final class ForcedToolsTest {

    private static final ScriptedServer SERVER = new ScriptedServer("a red circle");

    @AfterAll
    static void close() {
        SERVER.close();
    }

    /** A function whose schema refers to a part of itself, and one of a few answers. */
    private static ObjectNode asked(String choice) {
        ObjectNode body = Requests.text("?").put("max_tokens", 400);
        body.set("tools", Golden.parse("""
                        [{"type": "function", "function": {"name": "paint", "parameters": {
                           "type": "object", "required": ["colour", "size"], "additionalProperties": false,
                           "properties": {"colour": {"$ref": "#/$defs/colour"}, "size": {"enum": ["s", "l"]}},
                           "$defs": {"colour": {"enum": ["red", "blue"]}}}}},
                         {"type": "function", "function": {"name": "wait"}}]
                        """));
        body.set("tool_choice", Golden.parse(choice));
        return body;
    }

    private static JsonNode choice(ObjectNode body) {
        Response answer = SERVER.chat(body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return Golden.parse(answer.asString()).at("/choices/0");
    }

    private static void requireRight(JsonNode function) {
        JsonNode arguments = Golden.parse(function.path("arguments").asText());
        if (function.path("name").asText().equals("wait")) {
            assertThat(arguments).isEmpty();
        } else {
            assertThat(function.path("name").asText()).isEqualTo("paint");
            assertThat(arguments.path("colour").asText()).isIn("red", "blue");
            assertThat(arguments.path("size").asText()).isIn("s", "l");
            assertThat(arguments).hasSize(2);
        }
    }

    @Test
    void aNamedFunctionIsCalledWithArgumentsOfItsSchema() {
        JsonNode choice = choice(asked("{\"type\": \"function\", \"function\": {\"name\": \"paint\"}}"));
        assertThat(choice.path("finish_reason").asText()).as(choice.toString()).isEqualTo("tool_calls");
        assertThat(choice.at("/message/content").isNull()).isTrue();
        assertThat(choice.at("/message/tool_calls")).hasSize(1);
        assertThat(choice.at("/message/tool_calls/0/function/name").asText()).isEqualTo("paint");
        requireRight(choice.at("/message/tool_calls/0/function"));
    }

    @Test
    void someFunctionIsCalledWhereOneIsRequired() {
        for (int seed = 0; seed < 8; seed++) {
            ObjectNode body = asked("\"required\"")
                    .put("temperature", 1.5)
                    .put("seed", seed)
                    .put("top_k", 40);
            JsonNode choice = choice(body);
            JsonNode calls = choice.at("/message/tool_calls");
            assertThat(calls).as(choice.toString()).hasSize(1);
            requireRight(calls.get(0).path("function"));
        }
    }

    @Test
    void severalMayBeCalledWhereThatIsAllowed() {
        ObjectNode body = asked("\"required\"").put("parallel_tool_calls", true).put("max_tokens", 1500);
        JsonNode choice = choice(body);
        assertThat(choice.at("/message/tool_calls")).isNotEmpty();
        if (choice.path("finish_reason").asText().equals("tool_calls")) {
            choice.at("/message/tool_calls").forEach(call -> requireRight(call.path("function")));
        }
    }

    @Test
    void aStreamedCallIsTheWholeOne() {
        for (String how : List.of("\"required\"", "{\"type\": \"function\", \"function\": {\"name\": \"paint\"}}")) {
            JsonNode whole = choice(asked(how)).at("/message/tool_calls/0/function");
            Events events = Events.of(SERVER.chat(Requests.streamed(asked(how))).asString());
            List<String> names = new ArrayList<>();
            StringBuilder arguments = new StringBuilder();
            events.choices(0)
                    .flatMap(choice -> choice.at("/delta/tool_calls").valueStream())
                    .forEach(call -> {
                        if (call.path("function").has("name")) {
                            names.add(call.at("/function/name").asText());
                        }
                        arguments.append(call.at("/function/arguments").asText());
                    });
            assertThat(names).containsExactly(whole.path("name").asText());
            assertThat(arguments.toString()).isEqualTo(whole.path("arguments").asText());
            assertThat(events.finishReason()).isEqualTo("tool_calls");
            assertThat(events.text()).isEmpty();
        }
    }

    /** Clients leave the word out, and functions take no arguments but those that they name. */
    @Test
    void argumentsAreThoseThatAreNamedWhereTheSchemaDoesNotSay() {
        for (String how : List.of("\"required\"", "{\"type\": \"function\", \"function\": {\"name\": \"paint\"}}")) {
            ObjectNode body = asked(how).put("temperature", 1.5).put("seed", 4);
            ((ObjectNode) body.at("/tools/0/function/parameters")).remove("additionalProperties");
            ((ArrayNode) body.path("tools")).remove(1);
            requireRight(choice(body).at("/message/tool_calls/0/function"));
        }
    }

    @Test
    void aCallThatIsCutOffEndsByLength() {
        ObjectNode body = asked("{\"type\": \"function\", \"function\": {\"name\": \"paint\"}}")
                .put("max_tokens", 3);
        assertThat(choice(body).path("finish_reason").asText()).isEqualTo("length");
    }

    @Test
    void twoFormsForOneAnswerExcludeEachOther() {
        ObjectNode body = asked("\"required\"");
        body.putObject("response_format").put("type", "json_object");
        ErrorAnswer.is(SERVER.chat(body), 400, "invalid_value", "response_format");
        ErrorAnswer.is(SERVER.chat(body.put("tool_choice", "auto")), 400, "invalid_value", "response_format");
        ErrorAnswer.is(
                SERVER.chat(asked("\"required\"").put("use_beam_search", true)), 400, "invalid_value", "tool_choice");
    }
}
