package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Events;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CaptionsTest {

    private final ScriptedServer server = new ScriptedServer("a red circle");

    @AfterEach
    void close() {
        server.close();
    }

    private static ObjectNode picture() {
        return new JsonMapper()
                .createObjectNode()
                .put("image", Pictures.dataUri(Pictures.png(1)))
                .put("top_k", 1);
    }

    private Response caption(ObjectNode body) {
        return server.post("/v1/captions", body);
    }

    @Test
    void aCaptionHasItsShape() {
        Response answer = caption(picture());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo("application/json");
        assertThat(answer.header("x-request-id")).startsWith("req_");
        Golden.matches("captions.json", answer.asString());
    }

    @Test
    void aStreamedCaptionHasItsShape() {
        Response answer = caption(picture().put("stream", true));
        assertThat(answer.contentType()).isEqualTo("text/event-stream; charset=utf-8");
        Golden.matches("captions-stream.jsonl", Events.of(answer.asString()).joined("/data/0/caption"));
    }

    @Test
    void theStandardQuestionIsTheCaptionersOwn() {
        caption(picture());
        assertThat(server.prompts()).contains("Analyze the image in a comprehensive and detailed manner.");
    }

    @ParameterizedTest
    @CsvSource({
        "detailed, Analyze the image in a comprehensive and detailed manner.",
        "brief,    Provide a brief caption.",
    })
    void theDetailChoosesTheQuestion(String detail, String question) {
        caption(picture().put("detail", detail));
        assertThat(server.prompts()).contains(question);
    }

    @Test
    void aQuestionOfTheCallersStandsBeforeTheDetail() {
        caption(picture().put("detail", "brief").put("prompt", "Which shape is it?"));
        assertThat(server.prompts()).contains("Which shape is it?").doesNotContain("brief");
    }

    @Test
    void theLimitOfTokensHoldsHereToo() {
        Response answer = caption(picture().put("max_tokens", 1));
        assertThat((String) answer.path("data[0].finish_reason")).isEqualTo("length");
        assertThat((int) answer.path("usage.completion_tokens")).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource({
        "image,   5,           invalid_type",
        "image,   '\"x\"',     invalid_image_url",
        "prompt,  5,           invalid_type",
        "prompt,  '\" \"',     invalid_value",
        "detail,  '\"huge\"',  invalid_value",
        "stream,  '\"yes\"',   invalid_type",
        "messages, [],         unknown_parameter",
        "n,       1,           unknown_parameter",
        "temperature, 3,       decimal_out_of_range",
    })
    void aBadFieldIsNamed(String field, String value, String code) {
        ObjectNode body = picture();
        body.set(field, Golden.parse(value));
        ErrorAnswer.is(caption(body), 400, code, field);
    }

    @Test
    void aCaptionNeedsAnImage() {
        ErrorAnswer.is(
                caption(new JsonMapper().createObjectNode().put("prompt", "?")),
                400,
                "missing_required_parameter",
                "image");
    }

    @Test
    void aModelOfAnotherNameIsNotFound() {
        ErrorAnswer.is(caption(picture().put("model", "other")), 404, "model_not_found", "model");
    }
}
