package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BadBodiesTest {

    private static final ScriptedServer SERVER = new ScriptedServer("a red circle");

    @AfterEach
    void theServerServesOn() {
        assertThat(SERVER.chat(Requests.text("?")).statusCode()).isEqualTo(200);
    }

    @AfterAll
    static void close() {
        SERVER.close();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "``                                        | invalid_json | ``",
                "` `                                       | invalid_json | ``",
                "{                                         | invalid_json | ``",
                "{\"messages\": [}                         | invalid_json | ``",
                "{'messages': []}                          | invalid_json | ``",
                "{\"temperature\": NaN}                    | invalid_json | ``",
                "{\"temperature\": Infinity}               | invalid_json | ``",
                "{\"temperature\": 1, \"temperature\": 2}  | invalid_json | ``",
                "{} {}                                     | invalid_json | ``",
                "{} x                                      | invalid_json | ``",
                "null                                      | invalid_type | body",
                "5                                         | invalid_type | body",
                "[]                                        | invalid_type | body",
                "\"messages\"                              | invalid_type | body",
            })
    void aBodyThatIsNoJsonObjectIsRefused(String body, String code, String param) {
        ErrorAnswer.is(post(body.getBytes(StandardCharsets.UTF_8)), 400, code, param.strip());
    }

    @Test
    void aBombOfNestingIsRefused() {
        String bomb = "{\"messages\":" + "[".repeat(1_000_000) + "]".repeat(1_000_000) + "}";
        ErrorAnswer.is(post(bomb.getBytes(StandardCharsets.UTF_8)), 400, "invalid_json", "");
    }

    @Test
    void aNumberOfAMillionDigitsIsRefused() {
        String body = "{\"max_tokens\":" + "9".repeat(1_000_000) + "}";
        ErrorAnswer.is(post(body.getBytes(StandardCharsets.UTF_8)), 400, "invalid_json", "");
    }

    @Test
    void aNumberBeyondAllNumbersIsOutOfRange() {
        ErrorAnswer.is(
                post("{\"temperature\": 1e999, \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}"
                        .getBytes(StandardCharsets.UTF_8)),
                400,
                "decimal_out_of_range",
                "temperature");
    }

    @Test
    void invalidUtf8IsRefused() {
        byte[] body = Requests.text("?x?").toString().getBytes(StandardCharsets.UTF_8);
        body[new String(body, StandardCharsets.UTF_8).indexOf("?x?") + 1] = (byte) 0xff;
        ErrorAnswer.is(post(body), 400, "invalid_utf8", "");
        ErrorAnswer.is(post("{}".getBytes(StandardCharsets.UTF_16)), 400, "invalid_utf8", "");
    }

    @Test
    void aLoneSurrogateInAPromptIsOnlyText() {
        String body = Requests.text("?x?").toString().replace("?x?", "\\ud83d");
        assertThat(post(body.getBytes(StandardCharsets.UTF_8)).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/octet-stream", "application/xml", "*/*"})
    void anotherContentTypeIsRefused(String type) {
        RequestSpecification request = RestAssured.given().spec(SERVER.spec()).header("Content-Type", type);
        ErrorAnswer.is(
                request.body(Requests.text("?").toString().getBytes(StandardCharsets.UTF_8))
                        .post("/v1/chat/completions"),
                415,
                "unsupported_media_type",
                "");
    }

    @Test
    void aCharacterSetMayBeNamed() {
        assertThat(RestAssured.given()
                        .spec(SERVER.spec())
                        .contentType("application/json; charset=utf-8")
                        .body(Requests.text("?").toString().getBytes(StandardCharsets.UTF_8))
                        .post("/v1/chat/completions")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aPromptBeyondTheContextIsRefusedWithItsNumbers() {
        Response answer = SERVER.chat(Requests.text("circle ".repeat(5_000)));
        ErrorAnswer.is(answer, 400, "context_length_exceeded", "messages");
        assertThat((String) answer.path("error.message")).contains("2048");
    }

    @Test
    void aPromptOfMegabytesIsRefusedBeforeItsTokensAreCounted() {
        Response answer = SERVER.chat(Requests.text("circle ".repeat(3_000_000)));
        ErrorAnswer.is(answer, 400, "context_length_exceeded", "messages");
        assertThat((String) answer.path("error.message")).contains("21000000 characters");
    }

    @Test
    void anAnswerThatCouldPassTheContextIsCutThere() {
        ObjectNode body = Requests.text("?")
                .put("max_tokens", 1 << 20)
                .put("ignore_eos", true)
                .put("min_tokens", 0);
        Response answer = SERVER.chat(body);
        assertThat((String) answer.path("choices[0].finish_reason")).isEqualTo("length");
        assertThat((int) answer.path("usage.total_tokens")).isEqualTo(2048);
    }

    private static Response post(byte[] body) {
        return RestAssured.given()
                .spec(SERVER.spec())
                .contentType("application/json")
                .body(body)
                .post("/v1/chat/completions");
    }
}
