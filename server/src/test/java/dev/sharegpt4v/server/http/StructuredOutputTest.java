package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StructuredOutputTest {

    private static final ScriptedServer SERVER = new ScriptedServer("nothing of this kind");
    private static final String SCHEMA = "{\"type\": \"object\", \"properties\": {\"n\": {\"type\": \"integer\","
            + " \"minimum\": 3, \"maximum\": 40}, \"tag\": {\"enum\": [\"größe\", \"b\"]}, \"on\": {\"type\":"
            + " \"boolean\"}}, \"required\": [\"n\", \"tag\"], \"additionalProperties\": false}";

    @AfterAll
    static void close() {
        SERVER.close();
    }

    @Test
    void anAnswerIsAnInstanceOfItsSchemaWhicheverMemberAsksForIt() {
        List<ObjectNode> bodies = new ArrayList<>();
        ObjectNode openAi = drawn(1);
        ObjectNode format = openAi.putObject("response_format").put("type", "json_schema");
        format.putObject("json_schema")
                .put("name", "a_name")
                .put("strict", true)
                .set("schema", Golden.parse(SCHEMA));
        bodies.add(openAi);
        ObjectNode outputs = drawn(2);
        outputs.putObject("structured_outputs").set("json", Golden.parse(SCHEMA));
        bodies.add(outputs);
        ObjectNode written = drawn(3);
        written.putObject("structured_outputs").put("json", SCHEMA);
        bodies.add(written);
        bodies.add(drawn(4).set("guided_json", Golden.parse(SCHEMA)));
        bodies.add(drawn(5).set("json_schema", Golden.parse(SCHEMA)));
        for (ObjectNode body : bodies) {
            isInstance(content(SERVER.chat(body), "stop"));
        }
    }

    @Test
    void eachOfSeveralAnswersIsOneAndTheSameAsAlone() {
        ObjectNode body = drawn(20);
        body.putObject("structured_outputs").set("json", Golden.parse(SCHEMA));
        JsonNode several = Golden.parse(SERVER.chat(body.deepCopy().put("n", 3)).asString());
        for (int i = 0; i < 3; i++) {
            String text = several.at("/choices/" + i + "/message/content").textValue();
            isInstance(text);
            assertThat(content(SERVER.chat(body.deepCopy().put("seed", 20 + i)), "stop"))
                    .isEqualTo(text);
        }
        Events streamed =
                Events.of(SERVER.chat(Requests.streamed(body.deepCopy())).asString());
        assertThat(streamed.text())
                .isEqualTo(several.at("/choices/0/message/content").textValue());
    }

    @Test
    void choicesExpressionsAndGrammarsBindTheAnswerToo() {
        ObjectNode choice = drawn(6);
        choice.putObject("structured_outputs").putArray("choice").add(" yes").add("nein, ¿qué?");
        assertThat(content(SERVER.chat(choice), "stop")).isIn(" yes", "nein, ¿qué?");
        ObjectNode regex = drawn(7).put("guided_regex", "[a-c]{5}-\\p{Lu}{2}");
        assertThat(content(SERVER.chat(regex), "stop")).matches("[a-c]{5}-\\p{Lu}{2}");
        ObjectNode grammar =
                drawn(8).put("grammar", "root ::= pair \";\"\npair ::= [xy] | \"(\" pair pair \")\" # nested");
        assertThat(content(SERVER.chat(grammar.put("temperature", 0)), "stop")).matches("[()xy]+;");
    }

    @Test
    void anyObjectIsOne() {
        ObjectNode body = drawn(9);
        body.putObject("response_format").put("type", "json_object");
        String text = SERVER.chat(body).path("choices[0].message.content");
        assertThat(text).startsWith("{");
    }

    @Test
    void aTextThatCannotGoOnEndsWhereItMayNotEndYet() {
        ObjectNode body = drawn(10).put("min_tokens", 30);
        body.putObject("structured_outputs").putArray("choice").add("ab");
        assertThat(content(SERVER.chat(body), "stop")).isEqualTo("ab");
        assertThat(content(SERVER.chat(body.put("ignore_eos", true)), "stop")).isEqualTo("ab");
    }

    @Test
    void whatIsCutShortSaysSo() {
        ObjectNode body = drawn(11).put("max_tokens", 3);
        body.putObject("structured_outputs").put("regex", "a{100}");
        assertThat(content(SERVER.chat(body), "length")).matches("a{1,99}");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "response_format | {\"type\": \"json_schema\"} | missing_required_parameter | response_format.json_schema",
                "response_format | {\"type\": \"json_schema\", \"json_schema\": {}} | missing_required_parameter | response_format.json_schema.name",
                "response_format | {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"a b\"}} | invalid_value | response_format.json_schema.name",
                "response_format | {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"a\", \"strict\": 1}} | invalid_type | response_format.json_schema.strict",
                "response_format | {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"a\", \"schema\": []}} | invalid_type | response_format.json_schema.schema",
                "response_format | {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"a\", \"schema\": {\"properties\": {\"a\": {\"multipleOf\": 0.1234567}}}}} | unsupported_schema | response_format.json_schema.schema/properties/a/multipleOf",
                "response_format | {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"a\", \"schema\": {\"items\": {\"type\": \"strin\"}}}} | invalid_value | response_format.json_schema.schema/items/type",
                "structured_outputs | {} | invalid_value | structured_outputs",
                "structured_outputs | {\"regex\": \"(a)\\\\1\"} | unsupported_schema | structured_outputs.regex",
                "structured_outputs | {\"regex\": \"a\", \"choice\": [\"b\"]} | invalid_value | structured_outputs.choice",
                "structured_outputs | {\"choice\": []} | invalid_value | structured_outputs.choice",
                "structured_outputs | {\"json\": \"{\"} | invalid_value | structured_outputs.json",
                "structured_outputs | {\"lark\": \"a\"} | unknown_parameter | structured_outputs.lark",
                "guided_grammar | \"root ::= root\" | unsupported_schema | guided_grammar",
                "grammar | \"start ::= [a]\" | invalid_value | grammar",
                "guided_regex | \"(a{1000}){1000}\" | schema_too_complex | guided_regex",
            })
    void whatCannotBeUsedIsNamedByItsPath(String field, String value, String code, String param) {
        ErrorAnswer.is(SERVER.chat(drawn(1).set(field, Golden.parse(value))), 400, code, param);
    }

    @Test
    void beamsAreNotBound() {
        ObjectNode body = Requests.text("?").put("use_beam_search", true).put("guided_regex", "a");
        ErrorAnswer.is(SERVER.chat(body), 400, "invalid_value", "guided_regex");
    }

    private static ObjectNode drawn(long seed) {
        return Requests.text("?").put("temperature", 1.5).put("seed", seed);
    }

    private static String content(Response answer, String reason) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat((String) answer.path("choices[0].finish_reason")).isEqualTo(reason);
        return answer.path("choices[0].message.content");
    }

    private static void isInstance(String text) {
        JsonNode value = Golden.parse(text);
        List<String> names = new ArrayList<>();
        value.fieldNames().forEachRemaining(names::add);
        assertThat(names).contains("n", "tag").isSubsetOf("n", "tag", "on");
        assertThat(value.get("n").decimalValue().doubleValue()).isBetween(3.0, 40.0);
        assertThat(value.get("tag").textValue()).isIn("größe", "b");
    }
}
