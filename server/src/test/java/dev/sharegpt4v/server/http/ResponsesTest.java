package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Events;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ResponsesTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String TEXT = "a large red circle";

    private static final ScriptedServer SERVER = new ScriptedServer(TEXT);

    @AfterAll
    static void close() {
        SERVER.close();
    }

    @Test
    void aTextIsAnsweredWithOneMessage() {
        JsonNode answer = ok(body("What is this?"));

        assertThat(answer.path("id").asText()).matches("resp_[0-9a-f]{32}");
        assertThat(answer.path("object").asText()).isEqualTo("response");
        assertThat(answer.path("status").asText()).isEqualTo("completed");
        assertThat(answer.path("completed_at").isIntegralNumber()).isTrue();
        assertThat(answer.path("store").asBoolean(true)).isFalse();
        assertThat(answer.path("output")).hasSize(1);
        assertThat(answer.at("/output/0/id").asText()).matches("msg_[0-9a-f]{32}");
        assertThat(answer.at("/output/0/content"))
                .isEqualTo(Golden.parse(
                        "[{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":[],\"text\":\"" + TEXT + "\"}]"));
        int prompt = SERVER.prompt("What is this?").length();
        int said = SERVER.tokenizer().encode(TEXT).length + 1;
        assertThat(answer.at("/usage/input_tokens").asInt()).isEqualTo(prompt);
        assertThat(answer.at("/usage/output_tokens").asInt()).isEqualTo(said);
        assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(prompt + said);
    }

    @Test
    void membersOfTheRequestAreRepeated() {
        ObjectNode body = body("?")
                .put("instructions", "Be brief.")
                .put("temperature", 0.2)
                .put("top_p", 0.7)
                .put("max_output_tokens", 50)
                .put("store", true)
                .put("background", false)
                .put("truncation", "disabled")
                .put("tool_choice", "none")
                .put("parallel_tool_calls", false)
                .put("user", "u");
        body.putObject("metadata").put("a", "b");
        body.putObject("text").putObject("format").put("type", "text");
        body.putArray("include").add("reasoning.encrypted_content");
        body.putObject("reasoning").put("effort", "low");
        JsonNode answer = ok(body);
        assertThat(answer.path("instructions").asText()).isEqualTo("Be brief.");
        assertThat(answer.path("temperature").asText()).isEqualTo("0.2");
        assertThat(answer.path("top_p").asText()).isEqualTo("0.7");
        assertThat(answer.path("max_output_tokens").asInt()).isEqualTo(50);
        assertThat(answer.path("metadata")).isEqualTo(Golden.parse("{\"a\":\"b\"}"));
        assertThat(answer.path("parallel_tool_calls").asBoolean(true)).isFalse();
        assertThat(answer.path("tool_choice").asText()).isEqualTo("none");
        assertThat(answer.path("store").asBoolean(true)).isFalse();
        assertThat(answer.path("user").asText()).isEqualTo("u");
    }

    @Test
    void itemsAreADialogue() {
        try (ScriptedServer fresh = new ScriptedServer(TEXT)) {
            ObjectNode body = body("").put("instructions", "Be brief.");
            ArrayNode items = body.putArray("input");
            items.addObject().put("role", "user").put("content", "one");
            ObjectNode said = items.addObject()
                    .put("type", "message")
                    .put("role", "assistant")
                    .put("id", "msg_1")
                    .put("status", "completed");
            said.putArray("content")
                    .addObject()
                    .put("type", "output_text")
                    .put("text", "two")
                    .putArray("annotations");
            items.addObject()
                    .put("type", "message")
                    .put("role", "user")
                    .putArray("content")
                    .addObject()
                    .put("type", "input_text")
                    .put("text", "three");
            fresh.post("/v1/responses", body);
            assertThat(fresh.prompts())
                    .startsWith("Be brief. USER: one ASSISTANT: two")
                    .endsWith("USER: three ASSISTANT:");
        }
    }

    @Test
    void picturesAreSeenAndCounted() {
        ObjectNode body = pictured(Pictures.dataUri(Pictures.png(1)));
        JsonNode answer = ok(body);
        assertThat(answer.at("/usage/input_tokens_details/image_tokens").asInt())
                .isEqualTo(81);
        assertThat(Golden.parse(SERVER.post("/v1/responses/input_tokens", body).asString()))
                .isEqualTo(JSON.createObjectNode()
                        .put("object", "response.input_tokens")
                        .put("input_tokens", answer.at("/usage/input_tokens").asInt()));
        ErrorAnswer.is(
                SERVER.post("/v1/responses", pictured("data:image/png;base64,AAAA")),
                400,
                "unsupported_image_format",
                "input[0].content[0].image_url");
    }

    @Test
    void aCutAnswerIsIncomplete() {
        JsonNode answer = ok(body("?").put("max_output_tokens", 2));
        assertThat(answer.path("status").asText()).isEqualTo("incomplete");
        assertThat(answer.at("/incomplete_details/reason").asText()).isEqualTo("max_output_tokens");
        assertThat(answer.at("/output/0/status").asText()).isEqualTo("incomplete");
        assertThat(answer.path("completed_at").isNull()).isTrue();
        Events events = stream(body("?").put("max_output_tokens", 2));
        assertThat(events.names()).last().isEqualTo("response.incomplete");
    }

    @Test
    void aStreamHasItsEventsInOrderAndNumbered() {
        Events events = stream(body("What is this?"));

        assertThat(events.names())
                .startsWith(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta")
                .endsWith(
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.completed");
        List<JsonNode> data = events.data().stream().map(Golden::parse).toList();
        for (int i = 0; i < data.size(); i++) {
            assertThat(data.get(i).path("sequence_number").asInt()).isEqualTo(i);
            assertThat(data.get(i).path("type").asText())
                    .isEqualTo(events.names().get(i));
        }
        assertThat(data.stream()
                        .filter(event -> event.path("type").asText().endsWith(".delta"))
                        .map(event -> event.path("delta").asText())
                        .collect(Collectors.joining()))
                .isEqualTo(TEXT);
        JsonNode first = data.getFirst().path("response");
        assertThat(first.path("status").asText()).isEqualTo("in_progress");
        assertThat(first.path("output")).isEmpty();
        JsonNode last = data.getLast().path("response");
        assertThat(last.path("id")).isEqualTo(first.path("id"));
        assertThat(last.at("/output/0/content/0/text").asText()).isEqualTo(TEXT);
        assertThat(last.at("/output/0/id")).isEqualTo(data.get(4).path("item_id"));
        assertThat(last.at("/usage/output_tokens").asInt()).isPositive();
    }

    @Test
    void aFormIsKeptToAndRepeated() {
        ObjectNode body = body("?");
        ObjectNode format = body.putObject("text").putObject("format");
        format.put("type", "json_schema").put("name", "colour");
        format.putObject("schema").putArray("enum").add("red").add("blue");
        JsonNode answer = ok(body);
        assertThat(answer.at("/output/0/content/0/text").asText()).isIn("\"red\"", "\"blue\"");
        assertThat(answer.at("/text/format/name").asText()).isEqualTo("colour");
        format.putObject("schema").put("type", "nonsense");
        Response refused = SERVER.post("/v1/responses", body);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat((String) refused.path("error.param")).startsWith("text.format.schema");
    }

    @Test
    void callsOfFunctionsAreItems() {
        try (ScriptedServer caller = new ScriptedServer(CALL)) {
            Response answer = caller.post("/v1/responses", withTools(body("look!")));
            assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
            JsonNode whole = Golden.parse(answer.asString());
            assertThat(whole.path("output")).hasSize(1);
            assertThat(whole.at("/output/0/type").asText()).isEqualTo("function_call");
            assertThat(whole.at("/output/0/name").asText()).isEqualTo("look");
            assertThat(Golden.parse(whole.at("/output/0/arguments").asText()))
                    .isEqualTo(Golden.parse("{\"at\":\"left\"}"));
            assertThat(whole.at("/tools/0/name").asText()).isEqualTo("look");

            Events events = Events.of(
                    caller.post("/v1/responses", withTools(body("look!")).put("stream", true))
                            .asString());
            assertThat(events.names())
                    .startsWith("response.created", "response.in_progress", "response.output_item.added")
                    .contains("response.function_call_arguments.delta")
                    .endsWith(
                            "response.function_call_arguments.done", "response.output_item.done", "response.completed");
            JsonNode last = Golden.parse(events.data().getLast()).path("response");
            assertThat(last.at("/output/0/arguments")).isEqualTo(whole.at("/output/0/arguments"));
        }
    }

    @Test
    void aCallMayBeForced() {
        ObjectNode body = withTools(body("look!"));
        ObjectNode parameters = (ObjectNode) body.at("/tools/0/parameters");
        parameters.putObject("properties").putObject("at").putArray("enum").add("left");
        parameters.putArray("required").add("at");
        parameters.put("additionalProperties", false);
        body.putObject("tool_choice").put("type", "function").put("name", "look");
        JsonNode answer = ok(body);
        assertThat(answer.at("/output/0/type").asText()).isEqualTo("function_call");
        assertThat(Golden.parse(answer.at("/output/0/arguments").asText()))
                .isEqualTo(Golden.parse("{\"at\":\"left\"}"));
    }

    @Test
    void resultsOfCallsAreTheUsersWords() {
        try (ScriptedServer fresh = new ScriptedServer(TEXT)) {
            ObjectNode body = withTools(body(""));
            ArrayNode items = body.putArray("input");
            items.addObject().put("role", "user").put("content", "look!");
            items.addObject()
                    .put("type", "function_call")
                    .put("call_id", "call_1")
                    .put("name", "look")
                    .put("arguments", "{\"at\":\"left\"}");
            items.addObject()
                    .put("type", "function_call_output")
                    .put("call_id", "call_1")
                    .put("output", "a cat");
            Response answer = fresh.post("/v1/responses", body);
            assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
            assertThat(fresh.prompts())
                    .contains("ASSISTANT: {\"name\": \"look\", \"arguments\": {\"at\":\"left\"}}")
                    .endsWith("USER: Result of look: a cat ASSISTANT:");
        }
    }

    private static final String CALL = "{\"name\": \"look\", \"arguments\": {\"at\": \"left\"}}";

    private static ObjectNode withTools(ObjectNode body) {
        ObjectNode tool =
                body.putArray("tools").addObject().put("type", "function").put("name", "look");
        tool.putObject("parameters").put("type", "object");
        return body;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{};                                                missing_required_parameter; input",
                "{\"input\":[]};                                    empty_array;                input",
                "{\"input\":7};                                     invalid_type;               input",
                "{\"input\":[{\"role\":\"user\"}]};                 missing_required_parameter; input[0].content",
                "{\"input\":[{\"role\":\"tool\",\"content\":\"?\"}]}; invalid_value;            input[0].role",
                "{\"input\":[{\"type\":\"item_reference\",\"id\":\"a\"}]}; unsupported_parameter; input[0].type",
                "{\"input\":[{\"role\":\"assistant\",\"content\":\"?\"}]}; invalid_value;       input",
                "{\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_file\"}]}]}; invalid_value;"
                        + "input[0].content[0].type",
                "{\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\",\"file_id\":\"f\"}]}]};"
                        + "unsupported_parameter; input[0].content[0].file_id",
                "{\"input\":\"?\",\"previous_response_id\":\"r\"};  unsupported_parameter;      previous_response_id",
                "{\"input\":\"?\",\"conversation\":\"c\"};          unsupported_parameter;      conversation",
                "{\"input\":\"?\",\"background\":true};             unsupported_parameter;      background",
                "{\"input\":\"?\",\"truncation\":\"auto\"};         unsupported_parameter;      truncation",
                "{\"input\":\"?\",\"prompt\":{\"id\":\"p\"}};       unsupported_parameter;      prompt",
                "{\"input\":\"?\",\"include\":[\"colours\"]};       unsupported_parameter;      include",
                "{\"input\":\"?\",\"metadata\":{\"a\":1}};          invalid_type;               metadata.a",
                "{\"input\":\"?\",\"temperature\":3};               decimal_out_of_range;       temperature",
                "{\"input\":\"?\",\"max_output_tokens\":0};         integer_out_of_range;       max_output_tokens",
                "{\"input\":\"?\",\"tools\":[{\"type\":\"web_search\"}]};     unsupported_parameter; tools[0].type",
                "{\"input\":\"?\",\"tools\":[{\"type\":\"function\",\"name\":\"a b\"}]}; invalid_value; tools[0].name",
                "{\"input\":[{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":\"\"}]};"
                        + "invalid_value; input[0].call_id",
                "{\"input\":\"?\",\"messages\":[]};                 unknown_parameter;          messages",
            })
    void whatIsWrongIsNamed(String body, String code, String param) {
        ErrorAnswer.is(SERVER.post("/v1/responses", body), 400, code, param);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        ErrorAnswer.is(SERVER.post("/v1/responses", body("a ".repeat(3000))), 400, "context_length_exceeded", "input");
        ErrorAnswer.is(SERVER.post("/v1/responses", body("?").put("model", "other")), 404, "model_not_found", "model");
    }

    private static ObjectNode pictured(String url) {
        ObjectNode body = body("");
        ArrayNode content =
                body.putArray("input").addObject().put("role", "user").putArray("content");
        content.addObject().put("type", "input_image").put("detail", "auto").put("image_url", url);
        content.addObject().put("type", "input_text").put("text", "what?");
        return body;
    }

    private static ObjectNode body(String input) {
        return JSON.createObjectNode()
                .put("model", ScriptedServer.MODEL)
                .put("input", input)
                .put("temperature", 0);
    }

    private static Events stream(ObjectNode body) {
        Response answer = SERVER.post("/v1/responses", body.put("stream", true));
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.contentType()).startsWith("text/event-stream");
        return Events.of(answer.asString());
    }

    private static JsonNode ok(ObjectNode body) {
        Response answer = SERVER.post("/v1/responses", body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return Golden.parse(answer.asString());
    }
}
