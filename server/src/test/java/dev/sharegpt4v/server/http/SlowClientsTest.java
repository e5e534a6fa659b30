package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Eventually;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that send slowly or not at all, and servers that are full of them. */
@Timeout(60) // Only to end a hang.
final class SlowClientsTest {

    private static final String HEAD =
            "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";

    private ScriptedServer server = server(Duration.ofMillis(200));

    private static ScriptedServer server(Duration patience) {
        ScriptedServer server =
                new ScriptedServer("a red circle", HttpLimits.DEFAULT, Protection.DEFAULT.withPatience(patience));
        server.allowAllSteps();
        return server;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static void drip(RawClient client, String text) {
        try {
            for (int i = 0; i < text.length(); i++) {
                client.send(text.substring(i, i + 1));
                Thread.sleep(20);
            }
        } catch (IOException e) {
            // It was cut off.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aConnectionWithoutARequestIsClosed() throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            assertThat(client.readAll()).isEmpty();
        }
    }

    @Test
    void aHeadThatNeverEndsIsCutOff() throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            client.send("GET /v1/models HTTP/1.1\r\n");
            Thread.ofVirtual().start(() -> drip(client, "X-Slow: " + "a".repeat(2000)));
            assertThat(client.readAll()).isEmpty();
        }
    }

    @Test
    void aBodyThatStopsIsAnsweredAndFreesItsPlace() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send(HEAD + "Content-Length: 1000\r\n\r\n{\"messages\":");
            timedOut(client.readAll());
        }
        Eventually.holds("its place is free", () -> server.metrics().contains("sharegpt4v_http_requests_admitted 0"));
    }

    @Test
    void aBodyThatDripsIsAnsweredToo() throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            client.send(HEAD + "Content-Length: 5000\r\n\r\n");
            Thread.ofVirtual().start(() -> drip(client, " ".repeat(2000)));
            timedOut(client.readAll());
        }
    }

    @Test
    void aFormThatStopsIsAnsweredToo() throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            client.send("POST /v1/captions HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=x\r\n"
                    + "Content-Length: 1000\r\n\r\n--x\r\nContent-Disposition: form-data; name=\"image\";"
                    + " filename=\"a.png\"\r\n\r\nabc");
            timedOut(client.readAll());
        }
    }

    @Test
    void whoWaitsForItsAnswerIsNotCutOff() throws Exception {
        server.close();
        server = new ScriptedServer(
                "a red circle", HttpLimits.DEFAULT, Protection.DEFAULT.withPatience(Duration.ofMillis(100)));
        try (RawClient client = new RawClient(server.port())) {
            client.post("/v1/chat/completions", Requests.text("?").toString());
            Thread.sleep(500);
            server.allowAllSteps();
            assertThat(client.readUntil("fp_test")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void connectionsBeyondTheLimitWaitUntilOthersHaveGone() throws Exception {
        server.close();
        server = new ScriptedServer(
                "a red circle",
                HttpLimits.DEFAULT,
                new Protection(
                        Protection.DEFAULT.images(),
                        java.util.Optional.empty(),
                        true,
                        List.of(),
                        false,
                        Duration.ofMillis(300),
                        4,
                        false));
        server.allowAllSteps();
        List<RawClient> idle = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            idle.add(new RawClient(server.port()));
        }
        // All of them are closed after their time, and then there is a place.
        assertThat(server.chat(Requests.text("?")).statusCode()).isEqualTo(200);
        for (RawClient client : idle) {
            client.close();
        }
    }

    private static void timedOut(String answer) {
        assertThat(answer).startsWith("HTTP/1.1 408 ").containsIgnoringCase("connection: close");
        ErrorAnswer.is(answer.substring(answer.indexOf("\r\n\r\n") + 4), "request_timeout", "");
    }
}
