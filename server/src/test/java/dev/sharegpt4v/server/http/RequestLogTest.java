package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.access.ApiKey;
import dev.sharegpt4v.server.access.KeyRing;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.RestAssured;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stands in the log of a server: nothing of what callers say unless the operator asks for it. */
final class RequestLogTest {

    private static final Logger ROOT = Logger.getLogger("");
    private static final Logger OWN = Logger.getLogger("dev.sharegpt4v");

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler catcher = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            lines.add(new SimpleFormatter().format(entry));
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

    private static void askAll(boolean logging) {
        KeyRing keys = new KeyRing(List.of(ApiKey.of("alice", "sk-secret-of-alice")), System::nanoTime);
        Protection protection = new Protection(
                Protection.DEFAULT.images(),
                Optional.of(keys),
                false,
                List.of(),
                logging,
                Protection.PATIENCE,
                Protection.CONNECTIONS,
                false);
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
        assertThat(String.join("", lines)).doesNotContain("confession", "sk-", "base64", "iVBOR", "alice");
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
    }
}
