package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Events;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Anthropic's shape, as its reference and its clients have it. */
final class MessagesTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String TEXT = "a large red circle";

    private static final ScriptedServer SERVER = new ScriptedServer(TEXT);

    @AfterAll
    static void close() {
        SERVER.close();
    }

    @Test
    void aWholeAnswerHasAnthropicsShape() {
        JsonNode answer = ok(body("What is this?"));

        assertThat(answer.path("id").asText()).matches("msg_[0-9a-f]{32}");
        int prompt = SERVER.prompt("What is this?").length();
        int said = SERVER.tokenizer().encode(TEXT).length + 1;
        JsonNode usage = answer.path("usage");
        assertThat(usage.path("input_tokens").asInt()
                        + usage.path("cache_read_input_tokens").asInt()
                        + usage.path("cache_creation_input_tokens").asInt())
                .isEqualTo(prompt);
        assertThat(usage.path("output_tokens").asInt()).isEqualTo(said);
        ObjectNode rest = answer.deepCopy();
        rest.remove(List.of("id", "usage"));
        assertThat(rest)
                .isEqualTo(Golden.parse("{\"type\":\"message\",\"role\":\"assistant\",\"model\":\"scripted\","
                        + "\"content\":[{\"type\":\"text\",\"text\":\"" + TEXT + "\"}],"
                        + "\"stop_reason\":\"end_turn\",\"stop_sequence\":null}"));
    }

    @Test
    void theCallersHeadersAreTakenAndTheIdIsInBothHeaders() {
        Response answer = RestAssured.given()
                .spec(SERVER.spec())
                .header("anthropic-version", "2023-06-01")
                .header("anthropic-beta", "some-beta")
                .header("x-request-id", "mine-17")
                .contentType("application/json")
                .body(body("?").toString())
                .post("/v1/messages?beta=true");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.header("request-id")).isEqualTo("mine-17");
        assertThat(answer.header("x-request-id")).isEqualTo("mine-17");
    }

    @Test
    void picturesStandInBlocks() {
        ObjectNode body = body("");
        ObjectNode message = (ObjectNode) body.at("/messages/0");
        var content = message.putArray("content");
        content.addObject()
                .put("type", "image")
                .putObject("source")
                .put("type", "base64")
                .put("media_type", "image/png")
                .put("data", Base64.getEncoder().encodeToString(Pictures.png(1)));
        content.addObject().put("type", "text").put("text", "what is this?");
        JsonNode count = ok("/v1/messages/count_tokens", without(body, "max_tokens"));
        JsonNode usage = ok(body).path("usage");
        assertThat(usage.path("input_tokens").asInt()
                        + usage.path("cache_read_input_tokens").asInt())
                .isEqualTo(count.path("input_tokens").asInt())
                .isGreaterThan(81);
        assertThat(count.size()).isOne();
    }

    @Test
    void aSystemTextTakesThePlaceOfTheStandardOneInBothForms() {
        try (ScriptedServer fresh = new ScriptedServer(TEXT)) {
            fresh.post("/v1/messages", body("what?").put("system", "a small blue square"));
            assertThat(fresh.prompts()).startsWith("a small blue square USER: what? ASSISTANT:");
        }
        try (ScriptedServer fresh = new ScriptedServer(TEXT)) {
            ObjectNode body = body("what?");
            var blocks = body.putArray("system");
            blocks.addObject().put("type", "text").put("text", "one");
            blocks.addObject()
                    .put("type", "text")
                    .put("text", "two")
                    .putObject("cache_control")
                    .put("type", "ephemeral");
            fresh.post("/v1/messages", body);
            assertThat(fresh.prompts()).startsWith("one\ntwo USER: what? ASSISTANT:");
        }
    }

    @Test
    void messagesOfOneRoleThatFollowEachOtherAreOneTurn() {
        try (ScriptedServer fresh = new ScriptedServer(TEXT)) {
            ObjectNode body = body("one");
            body.withArray("messages").addObject().put("role", "user").put("content", "two");
            body.withArray("messages").addObject().put("role", "assistant").put("content", "three");
            body.withArray("messages").addObject().put("role", "user").put("content", "four");
            fresh.post("/v1/messages", body);
            assertThat(fresh.prompts())
                    .contains("USER: one\ntwo ASSISTANT: three")
                    .endsWith("USER: four ASSISTANT:");
        }
    }

    @Test
    void theReasonOfTheEndIsInAnthropicsWords() {
        JsonNode cut = ok(body("?").put("max_tokens", 2));
        assertThat(cut.path("stop_reason").asText()).isEqualTo("max_tokens");
        assertThat(cut.at("/usage/output_tokens").asInt()).isEqualTo(2);

        ObjectNode body = body("?");
        body.putArray("stop_sequences").add("blue").add(" red");
        JsonNode stopped = ok(body);
        assertThat(stopped.path("stop_reason").asText()).isEqualTo("stop_sequence");
        assertThat(stopped.path("stop_sequence").asText()).isEqualTo(" red");
        assertThat(stopped.at("/content/0/text").asText()).isEqualTo("a large");
    }

    @Test
    void aStreamHasAnthropicsEventsInTheirOrder() {
        Events events = stream(body("What is this?").put("max_tokens", 50));

        assertThat(events.names())
                .startsWith("message_start", "content_block_start", "ping", "content_block_delta")
                .endsWith("content_block_delta", "content_block_stop", "message_delta", "message_stop");
        List<JsonNode> data = events.data().stream().map(Golden::parse).toList();
        assertThat(data.stream().map(event -> event.path("type").asText()).toList())
                .isEqualTo(events.names());
        JsonNode message = data.getFirst().path("message");
        assertThat(message.path("content")).isEmpty();
        assertThat(message.path("stop_reason").isNull()).isTrue();
        assertThat(message.path("role").asText()).isEqualTo("assistant");
        assertThat(message.at("/usage/input_tokens").isInt()).isTrue();
        assertThat(data.get(1))
                .isEqualTo(Golden.parse("{\"type\":\"content_block_start\",\"index\":0,"
                        + "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}"));
        assertThat(data.stream()
                        .filter(event -> event.path("type").asText().equals("content_block_delta"))
                        .map(event -> event.at("/delta/text").asText())
                        .collect(Collectors.joining()))
                .isEqualTo(TEXT);
        JsonNode end = data.get(data.size() - 2);
        assertThat(end.at("/delta/stop_reason").asText()).isEqualTo("end_turn");
        assertThat(end.at("/delta/stop_sequence").isNull()).isTrue();
        assertThat(end.at("/usage/output_tokens").asInt())
                .isEqualTo(SERVER.tokenizer().encode(TEXT).length + 1);
    }

    @Test
    void anAnswerThatIsBegunIsGoneOnWith() {
        try (ScriptedServer fresh = new ScriptedServer(TEXT)) {
            ObjectNode body = body("what?");
            body.withArray("messages").addObject().put("role", "assistant").put("content", "a large");
            Response answer = fresh.post("/v1/messages", body);
            assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
            assertThat(fresh.prompts()).endsWith("USER: what? ASSISTANT: a large");
            assertThat((String) answer.path("content[0].text")).isEqualTo(" red circle");
        }
    }

    @Test
    void aFormIsKeptTo() {
        ObjectNode body = body("?");
        ObjectNode format = body.putObject("output_config").putObject("format");
        format.put("type", "json_schema")
                .putObject("schema")
                .putArray("enum")
                .add("red")
                .add("blue");
        assertThat(ok(body).at("/content/0/text").asText()).isIn("\"red\"", "\"blue\"");
        format.putObject("schema").put("type", "nonsense");
        isError(SERVER.post("/v1/messages", body), 400, "invalid_request_error", "output_config.format.schema");
    }

    @Test
    void callsOfToolsAreBlocks() {
        try (ScriptedServer caller = new ScriptedServer(CALL)) {
            Response answer = caller.post("/v1/messages", withTools(body("look!")));
            assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
            JsonNode whole = Golden.parse(answer.asString());
            assertThat(whole.path("stop_reason").asText()).isEqualTo("tool_use");
            assertThat(whole.path("content")).hasSize(1);
            assertThat(whole.at("/content/0/type").asText()).isEqualTo("tool_use");
            assertThat(whole.at("/content/0/name").asText()).isEqualTo("look");
            assertThat(whole.at("/content/0/input")).isEqualTo(Golden.parse("{\"at\":\"left\"}"));
            assertThat(whole.at("/content/0/id").asText()).isNotBlank();
            assertThat(caller.prompts()).contains("\"name\":\"look\"");

            Events events = Events.of(
                    caller.post("/v1/messages", withTools(body("look!")).put("stream", true))
                            .asString());
            assertThat(events.names())
                    .startsWith("message_start", "content_block_start", "content_block_delta")
                    .endsWith("content_block_stop", "message_delta", "message_stop");
            String arguments = events.data().stream()
                    .map(Golden::parse)
                    .map(event -> event.at("/delta/partial_json").asText(""))
                    .collect(Collectors.joining());
            assertThat(Golden.parse(arguments)).isEqualTo(Golden.parse("{\"at\":\"left\"}"));
        }
    }

    @Test
    void aCallMayBeForced() {
        ObjectNode body = withTools(body("look!"));
        ((ObjectNode) body.at("/tools/0/input_schema"))
                .putObject("properties")
                .putObject("at")
                .putArray("enum")
                .add("left");
        ((ObjectNode) body.at("/tools/0/input_schema")).putArray("required").add("at");
        ((ObjectNode) body.at("/tools/0/input_schema")).put("additionalProperties", false);
        for (String choice : List.of("any", "tool")) {
            body.putObject("tool_choice").put("type", choice).put("name", "look");
            JsonNode answer = ok(body);
            assertThat(answer.path("stop_reason").asText()).isEqualTo("tool_use");
            assertThat(answer.at("/content/0/input")).isEqualTo(Golden.parse("{\"at\":\"left\"}"));
        }
    }

    @Test
    void resultsOfCallsAreTheUsersWords() {
        try (ScriptedServer fresh = new ScriptedServer(TEXT)) {
            ObjectNode body = withTools(body("look!"));
            body.withArray("messages")
                    .addObject()
                    .put("role", "assistant")
                    .putArray("content")
                    .addObject()
                    .put("type", "tool_use")
                    .put("id", "toolu_1")
                    .put("name", "look")
                    .putObject("input")
                    .put("at", "left");
            body.withArray("messages")
                    .addObject()
                    .put("role", "user")
                    .putArray("content")
                    .addObject()
                    .put("type", "tool_result")
                    .put("tool_use_id", "toolu_1")
                    .put("content", "a cat");
            Response answer = fresh.post("/v1/messages", body);
            assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
            assertThat(fresh.prompts())
                    .contains("ASSISTANT: {\"name\": \"look\", \"arguments\": {\"at\":\"left\"}}")
                    .endsWith("USER: Result of look: a cat ASSISTANT:");
            ((ObjectNode) body.at("/messages/2/content/0")).put("tool_use_id", "toolu_2");
            isError(
                    fresh.post("/v1/messages", body),
                    400,
                    "invalid_request_error",
                    "messages[2].content[0].tool_use_id");
        }
    }

    private static final String CALL = "{\"name\": \"look\", \"arguments\": {\"at\": \"left\"}}";

    private static ObjectNode withTools(ObjectNode body) {
        ObjectNode tool = body.putArray("tools").addObject().put("name", "look").put("description", "Looks.");
        tool.putObject("input_schema").put("type", "object");
        return body;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"messages\":[]};                                             max_tokens",
                "{\"max_tokens\":1};                                            messages",
                "{\"max_tokens\":1,\"messages\":[]};                            messages",
                "{\"max_tokens\":0,\"messages\":[]};                            messages",
                "{\"max_tokens\":0,\"messages\":[{\"role\":\"user\",\"content\":\"?\"}]};       max_tokens",
                "{\"max_tokens\":1,\"messages\":[{\"role\":\"system\",\"content\":\"?\"}]};     messages[0].role",
                "{\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":[]}]};          messages[0].content",
                "{\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"document\"}]}]};"
                        + "messages[0].content[0].type",
                "{\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"source\":"
                        + "{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"%\"}}]}]};"
                        + "messages[0].content[0].source.data",
                "{\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"source\":"
                        + "{\"type\":\"url\",\"url\":\"https://example.com/a.png\"}}]}]};"
                        + "messages[0].content[0].source.url",
                "{\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"source\":"
                        + "{\"type\":\"file\",\"file_id\":\"f\"}}]}]};  messages[0].content[0].source.type",
                "{\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"?\"}],\"stop_sequences\":\"a\"};"
                        + "stop_sequences",
                "{\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"?\"}],\"stop_sequences\":[\"\"]};"
                        + "stop_sequences",
                "{\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"?\"}],\"top_p\":2};   top_p",
                "{\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"?\"}],\"colour\":2};  colour",
                "{\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"?\"}],\"thinking\":"
                        + "{\"type\":\"enabled\",\"budget_tokens\":1024}}; thinking",
                "{\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"?\"}],\"tools\":[{\"name\":\"a b\","
                        + "\"input_schema\":{}}]}; tools[0].name",
                "{\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"?\"}],\"tools\":[{\"name\":\"a\","
                        + "\"type\":\"bash_20250124\"}]}; tools[0].type",
            })
    void whatIsWrongIsToldInAnthropicsShape(String body, String param) {
        isError(SERVER.post("/v1/messages", body), 400, "invalid_request_error", param);
    }

    @Test
    void membersThatChangeNothingArePassedOver() {
        ObjectNode body = body("?").put("service_tier", "auto").put("top_k", 5).put("top_p", 0.9);
        body.putObject("metadata").put("user_id", "u");
        body.putArray("tools");
        body.putObject("tool_choice").put("type", "auto");
        body.putObject("thinking").put("type", "disabled");
        assertThat(ok(body).at("/content/0/text").asText()).isEqualTo(TEXT);
    }

    @Test
    void everyErrorOfThesePathsHasAnthropicsShape() {
        isError(SERVER.post("/v1/messages", "{"), 400, "invalid_request_error", "JSON");
        isError(SERVER.post("/v1/messages", body("?").put("model", "other")), 404, "not_found_error", "other");
        isError(SERVER.get("/v1/messages"), 405, "invalid_request_error", "GET");
        isError(SERVER.post("/v1/messages/elsewhere", "{}"), 404, "not_found_error", "elsewhere");
    }

    private static void isError(Response answer, int status, String type, String named) {
        JsonNode body = Golden.parse(answer.asString());
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        List<String> names = new ArrayList<>();
        body.fieldNames().forEachRemaining(names::add);
        assertThat(names).containsExactly("type", "error", "request_id");
        assertThat(body.path("type").asText()).isEqualTo("error");
        assertThat(body.at("/error/type").asText()).isEqualTo(type);
        assertThat(body.at("/error/message").asText()).contains(named);
        assertThat(body.path("request_id").asText())
                .isNotBlank()
                .isEqualTo(answer.header("request-id"))
                .isEqualTo(answer.header("x-request-id"));
        ErrorAnswer.leaksNothing(answer.asString());
    }

    private static ObjectNode body(String question) {
        ObjectNode body = JSON.createObjectNode()
                .put("model", ScriptedServer.MODEL)
                .put("max_tokens", 100)
                .put("temperature", 0);
        body.putArray("messages").addObject().put("role", "user").put("content", question);
        return body;
    }

    private static ObjectNode without(ObjectNode body, String name) {
        ObjectNode copy = body.deepCopy();
        copy.remove(name);
        return copy;
    }

    private static Events stream(ObjectNode body) {
        Response answer = SERVER.post("/v1/messages", body.put("stream", true));
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.contentType()).startsWith("text/event-stream");
        return Events.of(answer.asString());
    }

    private static JsonNode ok(ObjectNode body) {
        return ok("/v1/messages", body);
    }

    private static JsonNode ok(String path, ObjectNode body) {
        Response answer = SERVER.post(path, body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return Golden.parse(answer.asString());
    }
}
