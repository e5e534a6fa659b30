package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.testing.Eventually;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that leave take nothing with them: the script would go on for some thousand steps. */
@Timeout(60) // Only to end a hang.
final class HangUpTest {

    private static final String CHAT = "/v1/chat/completions";

    private final ScriptedServer server = new ScriptedServer("a red circle ".repeat(600), HttpLimits.DEFAULT);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void aClientThatLeavesItsStreamFreesItsBlocks() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.post(CHAT, Requests.streamed(Requests.text("?")).toString());
            server.allowSteps(5);
            client.readUntil("red");
            assertThat(server.snapshot().usedBlocks()).isPositive();
        }
        everythingIsFree();
        assertThat(server.metrics()).contains("sharegpt4v_requests_total{outcome=\"cancelled\"} 1");
    }

    @Test
    void aClientThatLeavesBeforeItsWholeAnswerFreesItsBlocks() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.post(CHAT, Requests.text("?").toString());
            server.allowSteps(5);
            Eventually.holds("it runs", () -> server.snapshot().usedBlocks() > 0);
        }
        everythingIsFree();
        assertThat(server.metrics()).contains("sharegpt4v_requests_total{outcome=\"cancelled\"} 1");
    }

    @Test
    void aClientThatLeavesAFormWithSeveralPicturesFreesAll() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            byte[] body = form(3);
            client.send("POST /v1/captions HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=x\r\n"
                    + "Content-Length: " + body.length + "\r\n\r\n");
            client.send(body);
            Eventually.holds("they are in the engine", () -> {
                server.allowStep();
                return server.snapshot().running() == 3;
            });
        }
        everythingIsFree();
        assertThat(server.metrics()).contains("sharegpt4v_requests_total{outcome=\"cancelled\"} 3");
    }

    @Test
    void aClientThatLeavesSeveralChoicesFreesAll() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.post(CHAT, Requests.streamed(Requests.text("?")).put("n", 3).toString());
            server.allowSteps(5);
            client.readUntil("red");
        }
        everythingIsFree();
        assertThat(server.metrics()).contains("sharegpt4v_requests_total{outcome=\"cancelled\"} 3");
    }

    @Test
    void aClientThatLeavesABeamSearchFreesItsBlocks() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.post(
                    CHAT,
                    Requests.text("?")
                            .put("use_beam_search", true)
                            .put("best_of", 3)
                            .toString());
            Eventually.holds("it runs", () -> {
                server.allowStep();
                return server.executor().steps().size() > 3;
            });
        }
        everythingIsFree();
    }

    @Test
    void aClientThatDoesNotReadIsCutOff() throws Exception {
        HttpLimits hasty = new HttpLimits(
                1 << 20,
                1,
                4,
                1,
                HttpLimits.DEFAULT.image(),
                Duration.ofMillis(20),
                Duration.ofMillis(100),
                Deadlines.NONE);
        try (ScriptedServer silent = new ScriptedServer("a red circle ".repeat(400), hasty);
                RawClient client = RawClient.keeping(4096, silent.port())) {
            client.post(CHAT, Requests.streamed(Requests.text("?")).toString());
            Eventually.holds("it is given up", () -> {
                silent.allowStep();
                return silent.metrics().contains("sharegpt4v_requests_total{outcome=\"cancelled\"} 1");
            });
            Eventually.holds("its blocks are free", () -> silent.snapshot().usedBlocks() == 0);
        }
    }

    @Test
    void aClientThatLeavesTheQueueIsNeverRun() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < ScriptedServer.ENGINE.maxRunning(); i++) {
            clients.add(new RawClient(server.port()));
            clients.getLast().post(CHAT, Requests.text("?").toString());
        }
        Eventually.holds("all places are taken", () -> {
            server.allowStep();
            return server.snapshot().running() == ScriptedServer.ENGINE.maxRunning();
        });
        try (RawClient queued = new RawClient(server.port())) {
            queued.post(CHAT, Requests.text("?").toString());
            Eventually.holds("one waits", () -> {
                server.allowStep();
                return server.snapshot().waiting() == 1;
            });
        }
        Eventually.holds("none waits", () -> {
            server.allowStep();
            return server.snapshot().waiting() == 0;
        });
        assertThat(server.snapshot().running()).isEqualTo(ScriptedServer.ENGINE.maxRunning());
        assertThat(server.metrics()).contains("sharegpt4v_requests_total{outcome=\"cancelled\"} 1");
        for (RawClient client : clients) {
            client.close();
        }
        everythingIsFree();
    }

    @Test
    void aClientThatHasItsAnswerAndLeavesIsNoHangUp() throws Exception {
        server.allowAllSteps();
        try (RawClient client = new RawClient(server.port())) {
            client.post(CHAT, Requests.text("?").put("max_tokens", 2).toString());
            client.readUntil("fp_test");
        }
        assertThat(server.chat(Requests.text("?").put("max_tokens", 2)).statusCode())
                .isEqualTo(200);
        assertThat(server.metrics())
                .contains("sharegpt4v_requests_total{outcome=\"cancelled\"} 0")
                .doesNotContain("client_closed_request");
    }

    @Test
    void theNextRequestMayComeBeforeTheAnswer() throws Exception {
        server.allowAllSteps();
        try (RawClient client = new RawClient(server.port())) {
            client.post(CHAT, Requests.text("?").put("max_tokens", 2).toString());
            client.post(CHAT, Requests.text("?").put("max_tokens", 3).toString());
            assertThat(client.readUntil("fp_test")).contains("\"completion_tokens\":2");
            assertThat(client.readUntil("fp_test")).contains("\"completion_tokens\":3");
        }
    }

    private void everythingIsFree() throws InterruptedException {
        Eventually.holds("everything is free", () -> {
            server.allowStep();
            return server.snapshot().usedBlocks() == 0
                    && server.snapshot().running() == 0
                    && server.snapshot().waiting() == 0;
        });
    }

    private static byte[] form(int images) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int i = 0; i < images; i++) {
            body.writeBytes(ascii("--x\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n"));
            body.writeBytes(Pictures.png(i));
            body.writeBytes(ascii("\r\n"));
        }
        body.writeBytes(ascii("--x\r\nContent-Disposition: form-data; name=\"top_k\"\r\n\r\n1\r\n--x--\r\n"));
        return body.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
