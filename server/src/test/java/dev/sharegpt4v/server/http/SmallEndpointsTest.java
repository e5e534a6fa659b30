package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SmallEndpointsTest {

    private static final String CARD = "{\"id\":\"scripted\",\"object\":\"model\",\"created\":1767225600,"
            + "\"owned_by\":\"sharegpt4v\",\"root\":\"scripted\",\"parent\":null,\"max_model_len\":2048}";

    private final ScriptedServer server = new ScriptedServer("a red circle");

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void theModelIsListed() {
        Response answer = server.get("/v1/models");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Golden.parse(answer.asString()))
                .isEqualTo(Golden.parse("{\"object\":\"list\",\"data\":[" + CARD + "]}"));
    }

    @Test
    void theModelHasACard() {
        assertThat(Golden.parse(server.get("/v1/models/scripted").asString())).isEqualTo(Golden.parse(CARD));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/models/other", "/v1/models/owner/other", "/v1/models/Scripted"})
    void noOtherModelHas(String path) {
        ErrorAnswer.is(server.get(path), 404, "model_not_found", "model");
    }

    @Test
    void theServerIsLiveAndReady() {
        assertThat(server.get("/health/live").asString()).isEqualTo("{\"status\":\"live\"}");
        assertThat(server.get("/health/ready").asString())
                .isEqualTo("{\"status\":\"ready\",\"device\":\"script\",\"provider\":\"ScriptedExecutor\","
                        + "\"device_description\":\"no real device\"}");
    }

    @Test
    void aDrainingServerIsLiveAndNotReady() {
        server.drain();
        assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(server.get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(server.get("/health/ready").asString()).isEqualTo("{\"status\":\"draining\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1", "/v1/chat", "/v1/chat/completions/x", "/v1/completions", "/health", "/a/../b"})
    void thereIsNothingElsewhere(String path) {
        ErrorAnswer.is(server.get(path), 404, "not_found", "");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /v1/chat/completions, POST",
        "PUT,    /v1/chat/completions, POST",
        "DELETE, /v1/captions,         POST",
        "POST,   /v1/models,           GET",
        "DELETE, /v1/models/scripted,  GET",
        "POST,   /health/live,         GET",
        "POST,   /health/ready,        GET",
        "PATCH,  /metrics,             GET",
    })
    void aWrongMethodIsToldTheRightOne(String method, String path, String allowed) {
        Response answer = RestAssured.given().spec(server.spec()).request(method, path);
        ErrorAnswer.is(answer, 405, "method_not_allowed", "");
        assertThat(answer.header("Allow")).isEqualTo(allowed);
    }
}
