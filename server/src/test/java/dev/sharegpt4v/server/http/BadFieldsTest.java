package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import java.util.Collections;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every field with values that it cannot have; the server serves on after each. */
final class BadFieldsTest {

    private static final ScriptedServer SERVER = new ScriptedServer("a red circle");

    @AfterEach
    void theServerServesOn() {
        assertThat(SERVER.chat(Requests.text("?")).statusCode()).isEqualTo(200);
    }

    @AfterAll
    static void close() {
        SERVER.close();
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "model               | 5",
                "messages            | \"hello\"",
                "messages            | {}",
                "messages            | null",
                "temperature         | \"1\"",
                "top_p               | true",
                "top_k               | 1.5",
                "min_p               | []",
                "repetition_penalty  | \"x\"",
                "presence_penalty    | {}",
                "frequency_penalty   | \"0\"",
                "seed                | 1.5",
                "seed                | 9223372036854775808",
                "max_tokens          | \"5\"",
                "max_tokens          | 5.0",
                "max_completion_tokens | [5]",
                "min_tokens          | \"1\"",
                "stop                | 5",
                "stop_token_ids      | 5",
                "ignore_eos          | \"true\"",
                "stream              | 1",
                "image_orientation   | false",
                "user                | 17",
            })
    void aValueOfTheWrongTypeIsNamed(String field, String value) {
        ErrorAnswer.is(SERVER.chat(with(field, value)), 400, "invalid_type", field);
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "temperature         | -0.1                 | decimal_out_of_range",
                "temperature         | 2.1                  | decimal_out_of_range",
                "top_p               | 1.1                  | decimal_out_of_range",
                "min_p               | -1                   | decimal_out_of_range",
                "repetition_penalty  | 0                    | decimal_out_of_range",
                "presence_penalty    | -2.5                 | decimal_out_of_range",
                "frequency_penalty   | 2.5                  | decimal_out_of_range",
                "top_k               | -2                   | integer_out_of_range",
                "max_tokens          | 0                    | integer_out_of_range",
                "max_tokens          | -1                   | integer_out_of_range",
                "max_tokens          | 99999999999999999999 | integer_out_of_range",
                "max_completion_tokens | 0                  | integer_out_of_range",
                "min_tokens          | -1                   | integer_out_of_range",
                "stop                | [\"\"]               | invalid_value",
                "image_orientation   | \"sideways\"         | invalid_value",
                "stream_options      | {}                   | invalid_value",
                "n                   | 0                    | integer_out_of_range",
                "n                   | 129                  | integer_out_of_range",
                "n                   | \"1\"                | invalid_type",
                "n                   | 100                  | invalid_value",
                "best_of             | 0                    | integer_out_of_range",
                "best_of             | 1.5                  | invalid_type",
                "use_beam_search     | 1                    | invalid_type",
                "length_penalty      | 1.5                  | invalid_value",
                "early_stopping      | true                 | invalid_value",
                "priority            | 1.5                  | invalid_type",
                "priority            | 99999999999          | integer_out_of_range",
                "cache_salt          | \"\"                 | invalid_value",
                "cache_salt          | 5                    | invalid_type",
                "queue_timeout       | 0                    | decimal_out_of_range",
                "timeout             | -1                   | decimal_out_of_range",
                "timeout             | \"1\"                | invalid_type",
                "response_format     | 5                    | invalid_type",
                "modalities          | [\"audio\"]          | unsupported_parameter",
                "audio               | {}                   | unsupported_parameter",
                "web_search_options  | {}                   | unsupported_parameter",
                "temprature          | 1                    | unknown_parameter",
            })
    void aValueThatIsNotServedIsNamed(String field, String value, String code) {
        ErrorAnswer.is(SERVER.chat(with(field, value)), 400, code, field);
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "stop           | [5]                      | invalid_type      | stop[0]",
                "stop           | [\"a\", null]            | invalid_type      | stop[1]",
                "stop_token_ids | [1, \"2\"]               | invalid_type      | stop_token_ids[1]",
                "stream_options | {\"include_usage\": 1}   | invalid_type      | stream_options.include_usage",
                "stream_options | {\"other\": true}        | unknown_parameter | stream_options.other",
                "stream_options | []                       | invalid_type      | stream_options",
                "repetition_detection | []                 | invalid_type      | repetition_detection",
                "repetition_detection | {\"other\": 1}       | unknown_parameter | repetition_detection.other",
                "repetition_detection | {\"max_pattern_size\": 5} | invalid_value | repetition_detection.min_count",
                "repetition_detection | {\"min_pattern_size\": 5} | invalid_value | repetition_detection.min_pattern_size",
                "best_of        | 2                        | invalid_value     | best_of",
                "use_beam_search | true                    | invalid_value     | use_beam_search",
            })
    void aValueWithinAFieldIsNamedByItsPath(String field, String value, String code, String param) {
        ErrorAnswer.is(SERVER.chat(Requests.streamed(with(field, value))), 400, code, param);
    }

    @Test
    void moreThanSixteenStopStringsAreRefused() {
        ObjectNode body = Requests.text("?");
        ArrayNode stops = body.putArray("stop");
        Collections.nCopies(17, "x").forEach(stops::add);
        ErrorAnswer.is(SERVER.chat(body), 400, "invalid_value", "stop");
    }

    @Test
    void aStopStringThatIsLongerThanAnyAnswerIsRefused() {
        assertThat(SERVER.chat(Requests.text("?").put("stop", "x".repeat(4096))).statusCode())
                .isEqualTo(200);
        ErrorAnswer.is(SERVER.chat(Requests.text("?").put("stop", "x".repeat(4097))), 400, "invalid_value", "stop");
    }

    @Test
    void moreLeastTokensThanMostTokensAreRefused() {
        ErrorAnswer.is(
                SERVER.chat(Requests.text("?").put("min_tokens", 6).put("max_tokens", 5)),
                400,
                "invalid_value",
                "min_tokens");
    }

    @Test
    void aMissingListOfMessagesIsNamed() {
        ObjectNode body = Requests.text("?");
        body.remove("messages");
        ErrorAnswer.is(SERVER.chat(body), 400, "missing_required_parameter", "messages");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]                                        | empty_array                | messages",
                "[5]                                       | invalid_type               | messages[0]",
                "[{}]                                      | missing_required_parameter | messages[0].role",
                "[{'role': 5}]                             | invalid_type               | messages[0].role",
                "[{'role': 'robot', 'content': 'x'}]       | invalid_value              | messages[0].role",
                "[{'role': 'user'}]                        | missing_required_parameter | messages[0].content",
                "[{'role': 'user', 'content': null}]       | invalid_type               | messages[0].content",
                "[{'role': 'user', 'content': 5}]          | invalid_type               | messages[0].content",
                "[{'role': 'user', 'content': []}]         | empty_array                | messages[0].content",
                "[{'role': 'user', 'content': 'x', 'name': 5}] | invalid_type           | messages[0].name",
                "[{'role': 'user', 'content': 'x', 'a': 5}] | unknown_parameter         | messages[0].a",
                "[{'role': 'assistant', 'content': 'x'}]   | invalid_value              | messages",
                "[{'role': 'system', 'content': 'x'}]      | invalid_value              | messages",
            })
    void aBadMessageIsNamedByItsPath(String messages, String code, String param) {
        ErrorAnswer.is(SERVER.chat(with("messages", messages.replace('\'', '"'))), 400, code, param);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "5                                   | invalid_type               | ``",
                "{}                                  | invalid_value              | .type",
                "{'type': 5}                         | invalid_type               | .type",
                "{'type': 'input_audio'}             | invalid_value              | .type",
                "{'type': 'text'}                    | missing_required_parameter | .text",
                "{'type': 'text', 'text': 5}         | invalid_type               | .text",
                "{'type': 'text', 'text': 'x', 'image_url': 'y'} | unknown_parameter | .image_url",
                "{'type': 'image_url'}               | missing_required_parameter | .image_url",
                "{'type': 'image_url', 'image_url': 5}  | invalid_type            | .image_url",
                "{'type': 'image_url', 'image_url': {}} | missing_required_parameter | .image_url.url",
                "{'type': 'image_url', 'image_url': {'url': 5}} | invalid_type    | .image_url.url",
                "{'type': 'image_url', 'image_url': {'url': 'x', 'detail': 'huge'}} | invalid_value | .image_url.detail",
                "{'type': 'image_url', 'image_url': {'url': 'x', 'size': 5}} | unknown_parameter | .image_url.size",
            })
    void aBadPartIsNamedByItsPath(String part, String code, String path) {
        String messages = "[{'role': 'user', 'content': [" + part + "]}]";
        ErrorAnswer.is(
                SERVER.chat(with("messages", messages.replace('\'', '"'))),
                400,
                code,
                "messages[0].content[0]" + path.strip());
    }

    private static ObjectNode with(String field, String value) {
        return Requests.text("?").set(field, Golden.parse(value));
    }

    @Test
    void fewerCandidatesThanChoicesAreRefused() {
        ErrorAnswer.is(SERVER.chat(Requests.text("?").put("n", 3).put("best_of", 2)), 400, "invalid_value", "best_of");
    }

    @ParameterizedTest
    @CsvSource({"presence_penalty,0.5", "frequency_penalty,0.5", "repetition_penalty,1.5"})
    void aPenaltyWithoutEffectInABeamSearchIsRefused(String field, double value) {
        ErrorAnswer.is(
                SERVER.chat(Requests.text("?").put("use_beam_search", true).put(field, value)),
                400,
                "invalid_value",
                field);
    }
}
