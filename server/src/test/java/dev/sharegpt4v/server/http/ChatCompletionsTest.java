package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChatCompletionsTest {

    private static final String TEXT = "a large red circle is left of a small blue square";
    private static final String PICTURE = Pictures.dataUri(Pictures.png(1));

    private final ScriptedServer server = new ScriptedServer(TEXT);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void aWholeAnswerHasOpenAisShape() {
        Response answer = server.chat(Requests.about("What is this?", PICTURE));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo("application/json");
        Golden.matches("chat-completion.json", answer.asString());
    }

    @Test
    void theModelNeedNotBeNamed() {
        ObjectNode absent = Requests.text("?");
        absent.remove("model");
        assertThat(content(server.chat(absent))).isEqualTo(TEXT);
        assertThat(content(server.chat(Requests.text("?").putNull("model")))).isEqualTo(TEXT);
    }

    @Test
    void aModelOfAnotherNameIsNotFound() {
        ErrorAnswer.is(server.chat(Requests.text("?").put("model", "gpt-4o")), 404, "model_not_found", "model");
    }

    @Test
    void theCallersRequestIdComesBack() {
        Response answer = RestAssured.given()
                .spec(server.spec())
                .header("x-request-id", "mine-17")
                .contentType("application/json")
                .body(Requests.text("?").toString())
                .post("/v1/chat/completions");
        assertThat(answer.header("x-request-id")).isEqualTo("mine-17");
    }

    @Test
    void aRequestWithoutIdOrWithAnOverlongOneGetsANewOne() {
        String first = server.chat(Requests.text("?")).header("x-request-id");
        String second = RestAssured.given()
                .spec(server.spec())
                .header("x-request-id", "x".repeat(200))
                .get("/v1/models")
                .header("x-request-id");
        assertThat(first).matches("req_[0-9a-f]{32}");
        assertThat(second).matches("req_[0-9a-f]{32}").isNotEqualTo(first);
    }

    @Test
    void twoAnswersHaveDifferentIds() {
        assertThat((String) server.chat(Requests.text("?")).path("id"))
                .isNotEqualTo(server.chat(Requests.text("?")).path("id"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"max_tokens", "max_completion_tokens"})
    void anAnswerIsCutAtItsMostTokens(String field) {
        Response answer = server.chat(Requests.text("?").put(field, 3));

        assertThat((String) answer.path("choices[0].finish_reason")).isEqualTo("length");
        assertThat((int) answer.path("usage.completion_tokens")).isEqualTo(3);
        assertThat(TEXT).startsWith(content(answer)).isNotEqualTo(content(answer));
    }

    @Test
    void theNewerNameOfTheLimitWins() {
        Response answer = server.chat(Requests.text("?").put("max_tokens", 50).put("max_completion_tokens", 2));
        assertThat((int) answer.path("usage.completion_tokens")).isEqualTo(2);
    }

    @Test
    void severalPicturesOfSeveralTurnsAreAllCounted() {
        ObjectNode body = Requests.about("first", PICTURE, Pictures.dataUri(Pictures.jpeg(2)));
        ArrayNode messages = (ArrayNode) body.get("messages");
        messages.addObject().put("role", "assistant").put("content", "two discs");
        messages.add(Requests.about("second", Pictures.dataUri(Pictures.png(3))).at("/messages/0"));

        Response answer = server.chat(body);

        assertThat(content(answer)).isEqualTo(TEXT);
        assertThat((int) answer.path("usage.prompt_tokens_details.image_tokens"))
                .isEqualTo(3 * 81);
        assertThat(server.prompts())
                .contains("first")
                .contains("ASSISTANT: two discs")
                .contains("second");
    }

    @ParameterizedTest
    @ValueSource(strings = {"system", "developer"})
    void aSystemMessageTakesThePlaceOfTheStandardOne(String role) {
        ObjectNode body = Requests.text("what?");
        ((ArrayNode) body.get("messages")).insertObject(0).put("role", role).put("content", "a small blue square");

        server.chat(body);

        assertThat(server.prompts())
                .contains("a small blue square USER: what? ASSISTANT:")
                .doesNotContain("curious");
    }

    @Test
    void withoutASystemMessageTheTrainingsOwnStands() {
        server.chat(Requests.text("what?"));
        assertThat(server.prompts()).contains("A chat between a curious user");
    }

    @Test
    void membersThatChangeNothingArePassedOver() {
        ObjectNode body = Requests.text("?")
                .put("n", 1)
                .put("logprobs", false)
                .put("top_logprobs", 0)
                .put("store", false)
                .put("user", "u")
                .put("service_tier", "auto")
                .put("tool_choice", "none")
                .putNull("stop")
                .putNull("seed")
                .putNull("max_tokens");
        body.putObject("logit_bias");
        body.putArray("tools");
        body.putObject("response_format").put("type", "text");
        body.putArray("modalities").add("text");
        body.putObject("metadata").put("a", "b");
        assertThat(content(server.chat(body))).isEqualTo(TEXT);
    }

    @Test
    void equalSeedsGiveEqualAnswersAtAnyTemperature() {
        ObjectNode body = Requests.text("?")
                .put("temperature", 2)
                .put("seed", 7)
                .put("max_tokens", 40)
                .put("ignore_eos", true);
        assertThat(content(server.chat(body)))
                .isEqualTo(content(server.chat(body)))
                .isNotEqualTo(content(server.chat(body.deepCopy().put("seed", 8))));
    }

    private static String content(Response answer) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return answer.path("choices[0].message.content");
    }
}
