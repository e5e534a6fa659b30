package dev.sharegpt4v.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;

/** The shape that every error has, for OpenAI's clients to understand it. */
public final class ErrorAnswer {

    private ErrorAnswer() {}

    /** An error of this status, code and field; an empty field stands for null. */
    public static void is(Response answer, int status, String code, String param) {
        String body = answer.asString();
        assertThat(answer.statusCode()).as(body).isEqualTo(status);
        assertThat(answer.contentType()).startsWith("application/json");
        assertThat(answer.header("x-request-id")).isNotBlank();
        is(body, code, param);
    }

    /** A body of this code and field. */
    public static void is(String body, String code, String param) {
        JsonNode root = Golden.parse(body);
        List<String> members = new ArrayList<>();
        root.path("error").fieldNames().forEachRemaining(members::add);
        assertThat(members).as(body).containsExactly("message", "type", "param", "code");
        assertThat(root.size()).isOne();
        assertThat(root.at("/error/code").textValue()).as(body).isEqualTo(code);
        assertThat(root.at("/error/param").asText("")).as(body).isEqualTo(param);
        assertThat(root.at("/error/type").textValue())
                .isIn("invalid_request_error", "rate_limit_error", "server_error");
        assertThat(root.at("/error/message").textValue()).isNotBlank();
        leaksNothing(body);
    }

    /** Neither a trace nor a class is told. */
    public static void leaksNothing(String body) {
        assertThat(body).doesNotContain("Exception", "java.", "dev.sharegpt4v", "io.helidon", ".java:", "\tat ");
    }
}
