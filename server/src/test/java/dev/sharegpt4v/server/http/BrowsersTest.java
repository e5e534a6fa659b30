package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.access.ApiKey;
import dev.sharegpt4v.server.access.KeyRing;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages in browsers may do, and what browsers are told of every answer. */
final class BrowsersTest {

    private static final String PAGE = "https://chat.example.org";
    private static final ScriptedServer CLOSED = new ScriptedServer("a red circle");
    private static final ScriptedServer OPEN = open(List.of(PAGE, "http://localhost:3000"));

    private static ScriptedServer open(List<String> origins) {
        KeyRing keys = new KeyRing(List.of(ApiKey.of("page", "sk-of-the-page")), System::nanoTime);
        ScriptedServer server = new ScriptedServer(
                "a red circle",
                HttpLimits.DEFAULT,
                Protection.DEFAULT.withKeys(keys).withOrigins(origins));
        server.allowAllSteps();
        return server;
    }

    @AfterAll
    static void close() {
        CLOSED.close();
        OPEN.close();
    }

    private static Response preflight(ScriptedServer server, String origin) {
        return RestAssured.given()
                .spec(server.spec())
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,content-type,x-stainless-lang")
                .options("/v1/chat/completions");
    }

    private static Response ask(ScriptedServer server, String origin) {
        return RestAssured.given()
                .spec(server.spec())
                .header("Origin", origin)
                .header("Authorization", "Bearer sk-of-the-page")
                .contentType("application/json")
                .body(Requests.text("?").toString())
                .post("/v1/chat/completions");
    }

    @Test
    void noPageMayReadAnAnswerUnlessTheOperatorSaysSo() {
        Response preflight = preflight(CLOSED, PAGE);
        assertThat(preflight.statusCode()).isEqualTo(204);
        for (Response answer : List.of(preflight, ask(CLOSED, PAGE))) {
            assertThat(answer.headers().asList())
                    .noneMatch(header ->
                            header.getName().toLowerCase(java.util.Locale.ROOT).startsWith("access-control-"));
        }
    }

    @Test
    void aPageOfTheListIsToldThatItMay() {
        Response preflight = preflight(OPEN, PAGE);
        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo(PAGE);
        assertThat(preflight.header("Access-Control-Allow-Methods")).contains("POST");
        assertThat(preflight.header("Access-Control-Allow-Headers"))
                .isEqualTo("authorization,content-type,x-stainless-lang");
        assertThat(preflight.header("Vary")).contains("Origin");
        assertThat(preflight.header("Access-Control-Allow-Credentials")).isNull();
        Response answer = ask(OPEN, PAGE);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(PAGE);
        assertThat(answer.header("Access-Control-Expose-Headers")).contains("x-request-id");
    }

    @Test
    void aPageMayReadItsRefusalToo() {
        Response answer =
                RestAssured.given().spec(OPEN.spec()).header("Origin", PAGE).get("/v1/models");
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(PAGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "https://chat.example.org.evil.example",
                "http://chat.example.org",
                "null"
            })
    void otherPagesMayNot(String origin) {
        ErrorAnswer.is(preflight(OPEN, origin), 403, "origin_not_allowed", "");
        Response answer = ask(OPEN, origin);
        assertThat(answer.header("Access-Control-Allow-Origin")).isNull();
        assertThat(answer.header("Vary")).contains("Origin");
    }

    @Test
    void anyPageMayWhereTheOperatorSaysSo() {
        try (ScriptedServer any = open(List.of("*"))) {
            assertThat(preflight(any, "https://anything.example").header("Access-Control-Allow-Origin"))
                    .isEqualTo("*");
        }
    }

    @Test
    void headersThatAreNoNamesAreNotRepeated() {
        Response preflight = RestAssured.given()
                .spec(OPEN.spec())
                .header("Origin", PAGE)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "a;b, <c>")
                .options("/v1/chat/completions");
        assertThat(preflight.header("Access-Control-Allow-Headers")).doesNotContain("<", ";");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/models", "/health/ready", "/metrics", "/nothing"})
    void everyAnswerSaysHowItIsToBeTaken(String path) {
        Response answer = CLOSED.get(path);
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(answer.header("Content-Security-Policy")).contains("default-src 'none'");
        assertThat(answer.header("Server")).isNull();
        assertThat(answer.header("X-Powered-By")).isNull();
    }

    @Test
    void whatTheWebServerRefusesItselfTellsNothingOfIt() throws Exception {
        try (RawClient client = new RawClient(CLOSED.port())) {
            client.send("GET /a%zz HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readAll())
                    .containsIgnoringCase("x-content-type-options: nosniff")
                    .containsIgnoringCase("cache-control: no-store")
                    .doesNotContainIgnoringCase("helidon", "server:");
        }
    }
}
