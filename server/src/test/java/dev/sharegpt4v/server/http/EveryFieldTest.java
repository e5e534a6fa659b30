package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.openai.ChatField;
import dev.sharegpt4v.server.openai.ChatFields;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** No member of a chat request is dropped in silence. */
final class EveryFieldTest {

    private static final ScriptedServer SERVER = new ScriptedServer("a red circle");

    /** No member takes all of them. */
    private static final List<String> STRANGE = List.of("{\"surprise\": [{}]}", "\"surprise\"", "[[7.5]]", "true");

    @AfterAll
    static void close() {
        SERVER.close();
    }

    static Stream<String> names() {
        return ChatFields.ALL.stream().map(ChatField::name);
    }

    @ParameterizedTest
    @MethodSource("names")
    void aStrangeValueIsRefusedByTheMembersName(String name) {
        int refused = 0;
        for (String value : STRANGE) {
            Response answer = SERVER.chat(Requests.text("?").set(name, Golden.parse(value)));
            if (answer.statusCode() != 200 && answer.statusCode() != 404) {
                assertThat(answer.statusCode()).as(value + answer.asString()).isEqualTo(400);
                assertThat((String) answer.path("error.param")).startsWith(name);
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @ParameterizedTest
    @MethodSource("names")
    void nullStandsForNothing(String name) {
        if (!name.equals("messages")) {
            Response answer = SERVER.chat(Requests.text("?").putNull(name));
            assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        }
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "modalities            | [\"text\"]",
                "tools                 | []",
                "functions             | []",
                "tool_choice           | \"none\"",
                "function_call         | \"auto\"",
                "documents             | []",
                "chat_template_kwargs  | {\"enable_thinking\": false}",
                "add_special_tokens    | false",
                "skip_special_tokens   | true",
                "mm_processor_kwargs   | {}",
                "kv_transfer_params    | {}",
                "metadata              | {\"a\": \"b\"}",
                "reasoning_effort      | \"low\"",
                "service_tier          | \"flex\"",
                "prompt_cache_retention | \"24h\"",
                "prediction            | {\"type\": \"content\", \"content\": \"x\"}",
                "parallel_tool_calls   | true",
                "store                 | true",
                "logit_bias            | {}",
                "bad_words             | []",
                "stream_options        | null",
            })
    void harmlessValuesChangeNothing(String name, String value) {
        ObjectNode body = Requests.text("?").set(name, Golden.parse(value));
        Response answer = SERVER.chat(body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat((String) answer.path("choices[0].message.content")).isEqualTo("a red circle");
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "chat_template        | \"{{ messages }}\"   | unsupported_parameter   | chat_template",
                "modalities           | [\"text\", \"audio\"] | unsupported_parameter  | modalities",
                "audio                | {\"voice\": \"a\"}   | unsupported_parameter   | audio",
                "web_search_options   | {}                   | unsupported_parameter   | web_search_options",
                "moderation           | {\"model\": \"m\"}   | unsupported_parameter   | moderation",
                "functions            | [{\"name\": \"a b\"}] | invalid_value          | functions[0].name",
                "functions            | [{}]                 | missing_required_parameter | functions[0].name",
                "functions            | 5                    | invalid_type            | functions",
                "functions            | [{\"name\": \"f\", \"parameters\": 5}] | invalid_type | functions[0].parameters",
                "function_call        | {\"name\": \"f\"}    | invalid_value           | function_call",
                "function_call        | {}                   | missing_required_parameter | function_call.name",
                "function_call        | \"perhaps\"          | invalid_value           | function_call",
                "documents            | [{\"text\": \"x\"}]  | unsupported_parameter   | documents",
                "truncate_prompt_tokens | 5                  | unsupported_parameter   | truncate_prompt_tokens",
                "logprob_token_ids    | [5]                  | unsupported_parameter   | logprob_token_ids",
                "service_tier         | \"gold\"             | invalid_value           | service_tier",
                "reasoning_effort     | \"huge\"             | invalid_value           | reasoning_effort",
                "metadata             | {\"a\": 5}           | invalid_type            | metadata.a",
                "logit_bias           | {\"5\": 101}         | decimal_out_of_range    | logit_bias.5",
                "logit_bias           | {\"5\": null}        | invalid_type            | logit_bias.5",
                "logit_bias           | {\"x\": 1}           | invalid_value           | logit_bias.x",
                "logit_bias           | {\"05\": 1}          | invalid_value           | logit_bias.05",
                "logit_bias           | {\"99999999\": 1}    | invalid_value           | logit_bias",
                "allowed_token_ids    | []                   | empty_array             | allowed_token_ids",
                "allowed_token_ids    | [-1]                 | invalid_value           | allowed_token_ids",
                "bad_words            | [\"\"]               | invalid_value           | bad_words",
                "top_logprobs         | 5                    | invalid_value           | top_logprobs",
                "top_logprobs         | 21                   | integer_out_of_range    | top_logprobs",
                "prompt_logprobs      | -1                   | integer_out_of_range    | prompt_logprobs",
                "continue_final_message | true               | invalid_value           | continue_final_message",
                "request_id           | \"a b\"              | invalid_value           | request_id",
                "tool_choice          | \"required\"         | invalid_value           | tool_choice",
                "tool_choice          | \"perhaps\"          | invalid_value           | tool_choice",
                "tools                | [{\"type\": \"custom\"}] | unsupported_parameter | tools[0].type",
                "tools                | [{\"type\": \"function\"}] | missing_required_parameter | tools[0].function",
                "tools | [{\"type\": \"function\", \"function\": {}}] | missing_required_parameter | tools[0].function.name",
                "tools | [{\"type\": \"function\", \"function\": {\"name\": \"a b\"}}] | invalid_value | tools[0].function.name",
                "stream_options       | {\"include_usage\": true} | invalid_value      | stream_options",
            })
    void whatIsNotDoneIsNamed(String name, String value, String code, String param) {
        ObjectNode body = Requests.text("?").set(name, Golden.parse(value));
        ErrorAnswer.is(SERVER.chat(body), 400, code, param);
    }

    @ParameterizedTest
    @CsvSource({"logit_bias", "allowed_token_ids", "bad_words", "logprobs", "prompt_logprobs"})
    void whatABeamSearchDoesNotDoIsNamed(String name) {
        ObjectNode body = Requests.text("?").put("use_beam_search", true);
        switch (name) {
            case "logit_bias" -> body.putObject(name).put("5", 1);
            case "allowed_token_ids" -> body.putArray(name).add(5);
            case "bad_words" -> body.putArray(name).add("red");
            case "logprobs" -> body.put(name, true);
            default -> body.put(name, 1);
        }
        ErrorAnswer.is(SERVER.chat(body), 400, "invalid_value", name);
    }

    @Test
    void aContinuedMessageAndAnAnswerOfItsOwnExcludeEachOther() {
        ObjectNode body = Requests.text("?").put("continue_final_message", true).put("add_generation_prompt", true);
        ErrorAnswer.is(SERVER.chat(body), 400, "invalid_value", "continue_final_message");
    }
}
