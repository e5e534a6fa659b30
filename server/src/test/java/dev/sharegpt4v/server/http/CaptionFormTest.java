package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Events;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.RestAssured;
import io.restassured.config.EncoderConfig;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CaptionFormTest {

    private static final ScriptedServer SERVER = new ScriptedServer("a red circle");

    @AfterEach
    void theServerServesOn() {
        assertThat(send(form(1)).statusCode()).isEqualTo(200);
    }

    @AfterAll
    static void close() {
        SERVER.close();
    }

    private static RequestSpecification form(int images) {
        RequestSpecification form = RestAssured.given().spec(SERVER.spec()).multiPart("top_k", "1");
        for (int i = 0; i < images; i++) {
            form.multiPart("image", "picture" + i + ".png", Pictures.png(i), "image/png");
        }
        return form;
    }

    private static Response send(RequestSpecification form) {
        return form.post("/v1/captions");
    }

    @Test
    void eachFileOfAFormGetsItsCaption() {
        Response answer = send(form(3).multiPart("prompt", "What?").multiPart("max_tokens", "2"));

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.jsonPath().<Integer>getList("data.index")).containsExactly(0, 1, 2);
        assertThat(answer.jsonPath().<String>getList("data.caption")).containsOnly("a red");
        assertThat(answer.jsonPath().<String>getList("data.finish_reason")).containsOnly("length");
        assertThat((int) answer.path("usage.completion_tokens")).isEqualTo(6);
        assertThat((int) answer.path("usage.prompt_tokens_details.image_tokens"))
                .isEqualTo(3 * 81);
    }

    @Test
    void aFormMayHoldFilesAndAnImageAsText() {
        Response answer = send(form(1).multiPart("image", Pictures.dataUri(Pictures.jpeg(5))));
        assertThat(answer.jsonPath().<String>getList("data.caption")).hasSize(2);
    }

    @Test
    void anImageAsTextMayBeLargerThanOtherFields() {
        String padded = Pictures.dataUri(Pictures.png(1)).replace("base64,", "base64," + "\n".repeat(100_000));
        assertThat(send(RestAssured.given().spec(SERVER.spec()).multiPart("image", padded))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aFormCanBeAnsweredByAStream() {
        Response answer = send(form(2).multiPart("stream", "true"));
        Events events = Events.of(answer.asString());
        StringBuilder second = new StringBuilder();
        events.chunks().stream()
                .filter(chunk -> chunk.at("/data/0/index").asInt(-1) == 1)
                .forEach(chunk -> second.append(chunk.at("/data/0/caption").asText()));
        assertThat(second.toString()).isEqualTo("a red circle");
    }

    @Test
    void stopStringsMayBeGivenSeveralTimes() {
        Response answer = send(form(1).multiPart("stop", "blue").multiPart("stop", " circle"));
        assertThat(answer.jsonPath().<String>getList("data.caption")).containsExactly("a red");
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "stream         | maybe        | invalid_type",
                "stream         | True         | invalid_type",
                "stream         | 1            | invalid_type",
                "stream         | ``           | invalid_type",
                "ignore_eos     | no           | invalid_type",
                "max_tokens     | many         | invalid_type",
                "max_tokens     | 1 2          | invalid_type",
                "max_tokens     | `\"5\"`      | invalid_type",
                "max_tokens     | ``           | invalid_type",
                "max_tokens     | null         | invalid_type",
                "max_tokens     | 1.5          | invalid_type",
                "max_tokens     | 0            | integer_out_of_range",
                "temperature    | NaN          | invalid_type",
                "temperature    | 3            | decimal_out_of_range",
                "top_p          | {}           | invalid_type",
                "seed           | x            | invalid_type",
                "stop           | ``           | invalid_value",
                "stop_token_ids | 5            | invalid_type",
                "detail         | huge         | invalid_value",
                "prompt         | ``           | invalid_value",
                "colour         | red          | unknown_parameter",
                "image          | picture.png  | invalid_image_url",
            })
    void aBadFieldIsNamed(String field, String value, String code) {
        ErrorAnswer.is(send(form(1).multiPart(field, value)), 400, code, field);
    }

    @Test
    void aFieldThatIsGivenTwiceIsNotGuessed() {
        ErrorAnswer.is(
                send(form(1).multiPart("prompt", "a").multiPart("prompt", "b")), 400, "duplicate_parameter", "prompt");
    }

    @Test
    void aFieldWithoutEndIsTooLarge() {
        ErrorAnswer.is(send(form(1).multiPart("prompt", "x".repeat(100_000))), 400, "value_too_large", "prompt");
    }

    @Test
    void aFileThatIsTooLargeIsRefused() {
        ErrorAnswer.is(
                send(form(0).multiPart("image", "big.png", new byte[(20 << 20) + 1], "image/png")),
                400,
                "image_too_large",
                "image");
    }

    @Test
    void aFileThatIsNoImageIsRefused() {
        ErrorAnswer.is(
                send(form(1).multiPart("image", "a.txt", "hello".getBytes(StandardCharsets.UTF_8), "text/plain")),
                400,
                "unsupported_image_format",
                "image");
    }

    @Test
    void twentyOneFilesAreTooMany() {
        ErrorAnswer.is(send(form(21)), 400, "too_many_images", "image");
    }

    @Test
    void aFormWithoutAnImageIsRefused() {
        ErrorAnswer.is(send(form(0).multiPart("prompt", "What?")), 400, "missing_required_parameter", "image");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "--x\r\n",
                "--x\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nWhat",
                "--x\r\nContent-Disposition: form-data; name=\"prompt\"\r\n",
                "--y\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nWhat\r\n--y--\r\n",
            })
    void aFormThatBreaksOffIsRefused(String body) {
        Response answer = raw("multipart/form-data; boundary=x", body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(400);
        ErrorAnswer.is(answer, 400, answer.path("error.code"), answer.path("error.param") == null ? "" : "image");
    }

    @ParameterizedTest
    @ValueSource(strings = {"multipart/form-data", "multipart/form-data; boundary="})
    void aFormWithoutBoundaryIsRefused(String type) {
        ErrorAnswer.is(raw(type, "--x\r\n\r\n--x--"), 400, "invalid_form", "");
    }

    private static Response raw(String type, String body) {
        return RestAssured.given()
                .spec(SERVER.spec())
                .config(RestAssured.config()
                        .encoderConfig(EncoderConfig.encoderConfig()
                                .encodeContentTypeAs("multipart/form-data", ContentType.TEXT)
                                .appendDefaultContentCharsetToContentTypeIfUndefined(false)))
                .header("Content-Type", type)
                .body(body)
                .post("/v1/captions");
    }
}
