package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.access.ApiKey;
import dev.sharegpt4v.server.access.KeyRing;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Eventually;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60) // Only to end a hang.
final class ApiKeysTest {

    private static final String CHAT = "/v1/chat/completions";

    private final AtomicLong clock = new AtomicLong();
    private final KeyRing ring = new KeyRing(
            List.of(
                    ApiKey.of("free", "sk-free-of-limits"),
                    new ApiKey("rated", ApiKey.of("", "sk-rated").hash(), OptionalInt.of(2), OptionalInt.empty()),
                    new ApiKey("single", ApiKey.of("", "sk-single").hash(), OptionalInt.empty(), OptionalInt.of(1))),
            clock::get);
    private final Protection keys = Protection.DEFAULT.withKeys(ring);
    private final ScriptedServer server = new ScriptedServer(
            "a red circle ".repeat(100),
            HttpLimits.DEFAULT,
            new Protection(
                    keys.images(),
                    keys.keys(),
                    false,
                    List.of(),
                    false,
                    Protection.PATIENCE,
                    Protection.CONNECTIONS,
                    true));

    @AfterEach
    void close() {
        server.close();
    }

    private Response ask(String header, String value) {
        return RestAssured.given()
                .spec(server.spec())
                .header(header, value)
                .contentType("application/json")
                .body(Requests.text("?").put("max_tokens", 2).toString())
                .post(CHAT);
    }

    @ParameterizedTest
    @CsvSource({
        "Authorization, Bearer sk-free-of-limits",
        "authorization, bearer  sk-free-of-limits",
        "x-api-key,     sk-free-of-limits",
    })
    void aKeyOpensTheServerInBothForms(String header, String value) {
        server.allowAllSteps();
        assertThat(ask(header, value).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "Authorization, Bearer sk-free-of-limit",
        "Authorization, Bearer sk-free-of-limits-and-more",
        "Authorization, Bearer",
        "Authorization, sk-free-of-limits",
        "Authorization, Basic c2stZnJlZS1vZi1saW1pdHM=",
        "x-api-key,     sk-other",
        "api-key,       sk-free-of-limits",
    })
    void anythingElseIsToldWhatIsNeeded(String header, String value) {
        Response refused = ask(header, value);
        ErrorAnswer.is(refused, 401, "invalid_api_key", "");
        assertThat(refused.header("WWW-Authenticate")).startsWith("Bearer");
        assertThat(refused.asString()).doesNotContain("sk-");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/models",
                "/v1/models/scripted",
                "/metrics",
                "/nothing",
                "/health/live/../../metrics",
                "//metrics"
            })
    void everyRouteButHealthNeedsAKey(String path) {
        assertThat(server.get(path).statusCode()).isEqualTo(401);
    }

    @Test
    void healthIsOpen() {
        assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(server.get("/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void metricsAreOpenWhereTheOperatorSaysSo() {
        try (ScriptedServer open = new ScriptedServer("a", HttpLimits.DEFAULT, keys)) {
            assertThat(open.get("/metrics").statusCode()).isEqualTo(200);
            assertThat(open.get("/v1/models").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void aBodyThatComesWithoutAKeyIsNotRead() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send("POST " + CHAT + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 60000000\r\n\r\n{");
            assertThat(client.readAll())
                    .startsWith("HTTP/1.1 401 ")
                    .containsIgnoringCase("connection: close")
                    .contains("invalid_api_key");
        }
    }

    @Test
    void aKeyThatAsksTooOftenIsToldWhenToComeAgain() {
        server.allowAllSteps();
        Response first = ask("x-api-key", "sk-rated");
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.header("x-ratelimit-limit-requests")).isEqualTo("2");
        assertThat(first.header("x-ratelimit-remaining-requests")).isEqualTo("1");
        assertThat(first.header("x-ratelimit-reset-requests")).isEqualTo("30s");
        assertThat(ask("x-api-key", "sk-rated").statusCode()).isEqualTo(200);
        Response refused = ask("x-api-key", "sk-rated");
        ErrorAnswer.is(refused, 429, "rate_limit_exceeded", "");
        assertThat(refused.header("Retry-After")).isEqualTo("30");
        assertThat(refused.header("x-ratelimit-remaining-requests")).isEqualTo("0");
        assertThat(refused.header("x-ratelimit-reset-requests")).isEqualTo("1m0s");
        assertThat(ask("x-api-key", "sk-free-of-limits").statusCode()).isEqualTo(200);
        clock.addAndGet(Duration.ofSeconds(30).toNanos());
        assertThat(ask("x-api-key", "sk-rated").statusCode()).isEqualTo(200);
    }

    @Test
    void aKeyHasItsPlaceUntilItsAnswerHasEnded() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            String body = Requests.streamed(Requests.text("?")).toString();
            client.send("POST " + CHAT
                    + " HTTP/1.1\r\nHost: a\r\nx-api-key: sk-single\r\nContent-Type: application/json\r\n"
                    + "Content-Length: " + body.length() + "\r\n\r\n" + body);
            server.allowSteps(4);
            client.readUntil("data: ");
            Response refused = ask("x-api-key", "sk-single");
            ErrorAnswer.is(refused, 429, "concurrency_limit_exceeded", "");
            assertThat(refused.header("Retry-After")).isEqualTo("1");
        }
        // It left, so its place is free again.
        server.allowAllSteps();
        Eventually.holds(
                "its place is free", () -> ask("x-api-key", "sk-single").statusCode() == 200);
    }

    @Test
    void keysThatAreTakenAwayOpenNothing() {
        server.allowAllSteps();
        assertThat(ask("x-api-key", "sk-rated").statusCode()).isEqualTo(200);
        ring.replace(List.of(ApiKey.of("new", "sk-new-key")));
        assertThat(ask("x-api-key", "sk-rated").statusCode()).isEqualTo(401);
        assertThat(ask("x-api-key", "sk-new-key").statusCode()).isEqualTo(200);
    }
}
