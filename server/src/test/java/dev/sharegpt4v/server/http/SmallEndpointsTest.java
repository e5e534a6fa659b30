package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.IOException;
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
    @ValueSource(strings = {"/v1/models/%73cripted", "/v1/models/script%65d"})
    void aNameMayBePercentEncoded(String path) {
        Response answer = RestAssured.given()
                .spec(server.spec())
                .urlEncodingEnabled(false)
                .get(path);
        assertThat(Golden.parse(answer.asString())).isEqualTo(Golden.parse(CARD));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/models/owner/model-7b%20a%2Bb",
                "/v1/models/owner%2Fmodel-7b%20a+b",
                "/v1/models/owner%2fmodel%2D7b%20a%2bb"
            })
    void aNameMayHoldSlashesAndOtherSigns(String path) {
        try (ScriptedServer owned = new ScriptedServer("a", HttpLimits.DEFAULT, "owner/model-7b a+b")) {
            Response answer = RestAssured.given()
                    .spec(owned.spec())
                    .urlEncodingEnabled(false)
                    .get(path);
            assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
            assertThat((String) answer.path("id")).isEqualTo("owner/model-7b a+b");
        }
    }

    @Test
    void theVersionIsTold() {
        assertThat(server.get("/version").asString()).isEqualTo("{\"version\":\"0\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/models", "/health/ready", "/version", "/metrics"})
    void whatIsReadIsAnsweredToHeadWithoutABody(String path) throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            client.send("HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(client.readUntil("\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ")
                    .containsPattern("(?i)content-length: [1-9]");
            client.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(client.readUntil("\"live\"")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void headOfNothingHasNoBodyEither() throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            client.send("HEAD /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 404 ");
            client.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(client.readUntil("\"live\"")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void optionsTellsTheMethods() {
        Response answer = RestAssured.given().spec(server.spec()).options("/v1/chat/completions");
        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.header("Allow")).isEqualTo("POST");
        assertThat(RestAssured.given().spec(server.spec()).options("/nowhere").statusCode())
                .isEqualTo(404);
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
    @ValueSource(strings = {"/v1", "/v1/chat", "/v1/chat/completions/x", "/v1/nothing", "/health", "/a/../b"})
    void thereIsNothingElsewhere(String path) {
        ErrorAnswer.is(server.get(path), 404, "not_found", "");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /v1/chat/completions, POST",
        "PUT,    /v1/chat/completions, POST",
        "DELETE, /v1/captions,         POST",
        "POST,   /v1/models,           'GET, HEAD'",
        "DELETE, /v1/models/scripted,  'GET, HEAD'",
        "POST,   /health/live,         'GET, HEAD'",
        "POST,   /health/ready,        'GET, HEAD'",
        "PATCH,  /metrics,             'GET, HEAD'",
    })
    void aWrongMethodIsToldTheRightOne(String method, String path, String allowed) {
        Response answer = RestAssured.given().spec(server.spec()).request(method, path);
        ErrorAnswer.is(answer, 405, "method_not_allowed", "");
        assertThat(answer.header("Allow")).isEqualTo(allowed);
    }
}
