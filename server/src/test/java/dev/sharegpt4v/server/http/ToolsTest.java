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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Functions that the model may call. */
final class ToolsTest {

    private static final String ARGUMENTS = "{\"city\": \"Paris\"}";
    private static final ScriptedServer CALLING =
            new ScriptedServer("{\"name\": \"get_weather\", \"arguments\": " + ARGUMENTS + "}");
    private static final ScriptedServer TALKING = new ScriptedServer("a red circle");

    @AfterAll
    static void close() {
        CALLING.close();
        TALKING.close();
    }

    /** A question with a function. */
    static ObjectNode withTools(ObjectNode body) {
        body.set("tools", Golden.parse("""
                        [{"type": "function", "function": {"name": "get_weather", "description": "The weather.",
                          "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}},
                         {"type": "function", "function": {"name": "get_time"}}]
                        """));
        return body;
    }

    private static JsonNode answer(ScriptedServer server, ObjectNode body) {
        String answer = server.chat(body).asString();
        assertThat(answer).contains("chat.completion");
        return Golden.parse(answer);
    }

    @Test
    void anAnswerThatIsACallHasOpenAisShape() {
        JsonNode choice = answer(CALLING, withTools(Requests.text("?"))).at("/choices/0");
        JsonNode message = choice.path("message");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(message.path("content").isNull()).isTrue();
        assertThat(message.path("tool_calls")).hasSize(1);
        JsonNode call = message.at("/tool_calls/0");
        assertThat(call.path("id").asText()).startsWith("call_");
        assertThat(call.path("type").asText()).isEqualTo("function");
        assertThat(call.at("/function/name").asText()).isEqualTo("get_weather");
        assertThat(call.at("/function/arguments").asText()).isEqualTo(ARGUMENTS);
    }

    @Test
    void aStreamedCallHasOpenAisDeltas() {
        ObjectNode body = withTools(Requests.streamed(Requests.text("?")));
        Events events = Events.of(CALLING.chat(body).asString());
        List<JsonNode> choices = events.choices(0).toList();
        JsonNode first = choices.getFirst().path("delta");
        assertThat(first.path("role").asText()).isEqualTo("assistant");
        assertThat(first.path("content").isNull()).isTrue();
        JsonNode begun = first.at("/tool_calls/0");
        assertThat(begun.path("index").asInt()).isZero();
        assertThat(begun.path("id").asText()).startsWith("call_");
        assertThat(begun.path("type").asText()).isEqualTo("function");
        assertThat(begun.at("/function/name").asText()).isEqualTo("get_weather");
        assertThat(begun.at("/function/arguments").asText()).isEmpty();
        StringBuilder arguments = new StringBuilder();
        for (JsonNode choice : choices.subList(1, choices.size() - 1)) {
            assertThat(choice.path("delta").size()).isEqualTo(1);
            JsonNode call = choice.at("/delta/tool_calls/0");
            assertThat(call.path("index").asInt()).isZero();
            assertThat(call.has("id")
                            || call.has("type")
                            || call.path("function").has("name"))
                    .isFalse();
            arguments.append(call.at("/function/arguments").asText());
        }
        assertThat(arguments.toString()).isEqualTo(ARGUMENTS);
        assertThat(events.finishReason()).isEqualTo("tool_calls");
        assertThat(choices.getLast().path("delta")).isEmpty();
    }

    @Test
    void wordsStayWords() {
        JsonNode choice = answer(TALKING, withTools(Requests.text("?"))).at("/choices/0");
        assertThat(choice.at("/message/content").asText()).isEqualTo("a red circle");
        assertThat(choice.path("message").has("tool_calls")).isFalse();
        assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
        ObjectNode streamed = withTools(Requests.streamed(Requests.text("?")));
        assertThat(Events.of(TALKING.chat(streamed).asString()).text()).isEqualTo("a red circle");
    }

    @Test
    void whereNothingMayBeCalledTheModelIsToldOfNothing() {
        ObjectNode body =
                withTools(Requests.text("?")).put("tool_choice", "none").put("return_prompt_text", true);
        JsonNode answer = answer(CALLING, body);
        assertThat(answer.at("/choices/0/message/content").asText()).startsWith("{\"name\"");
        assertThat(answer.path("prompt_text").asText()).doesNotContain("get_weather");
    }

    @Test
    void functionsStandInTheSystemMessage() {
        ObjectNode body = withTools(Requests.text("?")).put("return_prompt_text", true);
        String own = answer(TALKING, body).path("prompt_text").asText();
        assertThat(own)
                .containsSubsequence(
                        "A chat between a curious user",
                        "The assistant can call functions",
                        "{\"name\":\"get_weather\",\"description\":\"The weather.\",\"parameters\":{\"type\":\"object\"",
                        "\"name\":\"get_time\"",
                        "USER: ? ASSISTANT:");
        ((ArrayNode) body.get("messages")).insertObject(0).put("role", "system").put("content", "Be brief.");
        String given = answer(TALKING, body).path("prompt_text").asText();
        assertThat(given)
                .startsWith("Be brief.\nThe assistant can call functions")
                .doesNotContain("curious");
    }

    @Test
    void onlyAllowedFunctionsAreTold() {
        ObjectNode body = withTools(Requests.text("?")).put("return_prompt_text", true);
        body.set("tool_choice", Golden.parse("""
                        {"type": "allowed_tools", "allowed_tools": {"mode": "auto",
                         "tools": [{"type": "function", "function": {"name": "get_time"}}]}}
                        """));
        assertThat(answer(TALKING, body).path("prompt_text").asText())
                .contains("get_time")
                .doesNotContain("get_weather");
    }

    @Test
    void callsAndResultsOfADialogueBecomeWords() {
        ObjectNode body = Requests.text("?").put("return_prompt_text", true);
        body.set("messages", Golden.parse("""
                        [{"role": "user", "content": "hi"},
                         {"role": "assistant", "content": null, "tool_calls": [
                           {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{\\"x\\":1}"}},
                           {"id": "b", "type": "function", "function": {"name": "g", "arguments": "odd"}}]},
                         {"role": "tool", "tool_call_id": "b", "content": "two"},
                         {"role": "tool", "tool_call_id": "a", "content": [{"type": "text", "text": "one"}]}]
                        """));
        assertThat(answer(TALKING, body).path("prompt_text").asText())
                .endsWith("USER: hi ASSISTANT: [{\"name\": \"f\", \"arguments\": {\"x\":1}}, "
                        + "{\"name\": \"g\", \"arguments\": \"odd\"}]</s>"
                        + "USER: Result of g: two\nResult of f: one ASSISTANT:");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'role':'tool','content':'x'}                    | missing_required_parameter | tool_call_id",
                "{'role':'tool','tool_call_id':'z','content':'x'} | invalid_value              | tool_call_id",
                "{'role':'user','content':'x','tool_calls':[]}    | unsupported_parameter      | tool_calls",
                "{'role':'user','content':'x','tool_call_id':'a'} | unsupported_parameter      | tool_call_id",
                "{'role':'function','name':'f','content':'x'}     | invalid_value              | name",
                "{'role':'assistant','function_call':{'name':'f'}} | missing_required_parameter | function_call.arguments",
                "{'role':'assistant','content':'x','audio':{}}    | unsupported_parameter      | audio",
                "{'role':'assistant','content':null}              | invalid_type               | content",
                "{'role':'assistant','tool_calls':[{}]}           | missing_required_parameter | tool_calls[0].type",
            })
    void aBadMessageOfTheDialogueIsNamed(String message, String code, String member) {
        ObjectNode body = Requests.text("?");
        ((ArrayNode) body.get("messages")).insert(0, Golden.parse(message.replace('\'', '"')));
        ErrorAnswer.is(TALKING.chat(body), 400, code, "messages[0]." + member);
    }

    @Test
    void aStreamSaysWhatAWholeAnswerSays() {
        ObjectNode body = withTools(Requests.text("?")).put("n", 2).put("logprobs", true);
        JsonNode whole = answer(CALLING, body);
        Events events =
                Events.of(CALLING.chat(Requests.streamed(body.deepCopy())).asString());
        for (int i = 0; i < 2; i++) {
            List<JsonNode> told = new ArrayList<>();
            events.choices(i).forEach(choice -> choice.at("/logprobs/content").forEach(told::add));
            List<JsonNode> expected = new ArrayList<>();
            whole.at("/choices/" + i + "/logprobs/content").forEach(expected::add);
            assertThat(told).isEqualTo(expected).isNotEmpty();
        }
    }
}
