package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.server.access.ApiKey;
import dev.sharegpt4v.server.access.KeyRing;
import dev.sharegpt4v.server.logging.LogFormat;
import dev.sharegpt4v.server.logging.Logging;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.RestAssured;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stands in the log of a server: nothing of what callers say unless the operator asks for it. */
final class RequestLogTest {

    private static final Logger ROOT = Logger.getLogger("");
    private static final Logger OWN = Logger.getLogger("dev.sharegpt4v");

    private final List<String> objects = new CopyOnWriteArrayList<>();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler catcher = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            lines.add(Logging.formatter(LogFormat.TEXT).format(entry));
            objects.add(Logging.formatter(LogFormat.JSON).format(entry));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        catcher.setLevel(Level.ALL);
        ROOT.addHandler(catcher);
        OWN.setLevel(Level.ALL);
    }

    @AfterEach
    void stop() {
        ROOT.removeHandler(catcher);
        OWN.setLevel(null);
    }

    private static Protection protection(Optional<KeyRing> keys, boolean logging) {
        return new Protection(
                Protection.DEFAULT.images(),
                keys,
                false,
                List.of(),
                logging,
                Protection.PATIENCE,
                Protection.CONNECTIONS,
                false);
    }

    private static void askAll(boolean logging) {
        KeyRing keys = new KeyRing(List.of(ApiKey.of("alice", "sk-secret-of-alice")), System::nanoTime);
        Protection protection = protection(Optional.of(keys), logging);
        try (ScriptedServer server = new ScriptedServer("a red circle", HttpLimits.DEFAULT, protection)) {
            server.allowAllSteps();
            String question = "my confession\n" + "is long ".repeat(100);
            for (String key : List.of("sk-secret-of-alice", "sk-a-wrong-secret")) {
                for (String path : List.of("/v1/chat/completions", "/v1/captions", "/a%0a2026 forged line")) {
                    RestAssured.given()
                            .spec(server.spec())
                            .urlEncodingEnabled(false)
                            .header("Authorization", "Bearer " + key)
                            .contentType("application/json")
                            .body(Requests.about(question, Pictures.dataUri(Pictures.png(1)))
                                    .toString())
                            .post(path.replace(" ", "%20"));
                }
            }
        }
    }

    @Test
    void nothingThatACallerSaysIsLogged() {
        askAll(false);
        assertThat(String.join("", lines) + String.join("", objects))
                .doesNotContain("confession", "sk-", "base64", "iVBOR", "alice");
    }

    @Test
    void whoAsksForItGetsALineForEachRequestWithoutImagesAndKeys() {
        askAll(true);
        List<String> own = lines.stream().filter(line -> line.contains("/v1/")).toList();
        assertThat(own).hasSize(4);
        assertThat(own.getFirst())
                .contains("POST /v1/chat/completions 200 ", "key=alice", "my confession", "data:…", "req_");
        assertThat(own.getFirst().length()).isLessThan(600);
        assertThat(String.join("", lines)).doesNotContain("sk-", "iVBOR", "\n2026 forged");
        requireObjects();
    }

    @Test
    void whatIsRefusedBeforeItHasARouteHasALineToo() throws IOException {
        try (ScriptedServer server = new ScriptedServer("", HttpLimits.DEFAULT, protection(Optional.empty(), true));
                RawClient client = new RawClient(server.port())) {
            client.send("GET /v1/models?secret=1 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
            assertThat(client.readAll()).startsWith("HTTP/1.1 400 ");
        }
        assertThat(lines)
                .filteredOn(line -> line.contains("/v1/"))
                .singleElement()
                .asString()
                .contains(" GET /v1/models 400 0 ms")
                .doesNotContain("secret");
        assertThat(objects)
                .filteredOn(line -> line.contains("/v1/"))
                .singleElement()
                .asString()
                .contains("\"error_code\":\"bad_request\"", "\"request_id\":\"req_");
    }

    private static JsonNode one(List<JsonNode> lines, String field, String value, int status) {
        return lines.stream()
                .filter(line -> line.path(field).asText().equals(value)
                        && line.path("status").asInt() == status)
                .findFirst()
                .orElseThrow(() -> new AssertionError(lines));
    }

    private void requireObjects() {
        List<JsonNode> all = objects.stream()
                .map(Golden::parse)
                .filter(line -> line.path("logger").asText().equals("dev.sharegpt4v.requests"))
                .toList();
        assertThat(all).hasSize(6);
        // Lines of different connections may change places.
        JsonNode answered = one(all, "route", "/v1/chat/completions", 200);
        assertThat(answered.path("message").asText()).isEqualTo("POST /v1/chat/completions 200");
        assertThat(answered.path("request_id").asText()).startsWith("req_");
        assertThat(answered.path("method").asText()).isEqualTo("POST");
        assertThat(answered.path("route").asText()).isEqualTo("/v1/chat/completions");
        assertThat(answered.path("status").asInt()).isEqualTo(200);
        assertThat(answered.path("duration").asDouble()).isPositive();
        assertThat(answered.path("key").asText()).isEqualTo("alice");
        assertThat(answered.path("model").asText()).isEqualTo("scripted");
        assertThat(answered.path("prompt_tokens").asInt()).isPositive();
        assertThat(answered.path("completion_tokens").asInt()).isPositive();
        assertThat(answered.path("body").asText()).contains("my confession", "data:…");
        assertThat(answered.has("trace_id")).isFalse();
        assertThat(one(all, "route", "/v1/captions", 401).path("error_code").asText())
                .isEqualTo("invalid_api_key");
        assertThat(one(all, "route", "other", 404).path("path").asText()).isEqualTo("/a\n2026 forged line");
        assertThat(String.join("", objects)).doesNotContain("sk-", "iVBOR");
    }
}
