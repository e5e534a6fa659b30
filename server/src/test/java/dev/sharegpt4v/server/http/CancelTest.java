package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.image.ImageLimits;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Eventually;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that leave at any stage give back all that they were admitted for. */
@Timeout(60) // Only to end a hang.
final class CancelTest {

    private static final String CHAT = "/v1/chat/completions";
    private static final String LONG = "a red circle ".repeat(600);

    private static HttpLimits decoding(int most) {
        return new HttpLimits(1 << 20, 20, 64, most, ImageLimits.DEFAULT, Duration.ofSeconds(5));
    }

    private static ObjectNode question(boolean streamed) {
        ObjectNode body = Requests.about("?", Pictures.dataUri(Pictures.png(1)), Pictures.dataUri(Pictures.png(2)));
        return streamed ? Requests.streamed(body) : body;
    }

    private static double gauge(ScriptedServer server, String name) {
        return server.metrics()
                .lines()
                .filter(line -> line.startsWith("sharegpt4v_" + name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElseThrow();
    }

    private static void everythingIsFree(ScriptedServer server) throws InterruptedException {
        Eventually.holds("everything is given back", () -> {
            server.allowStep();
            return gauge(server, "http_requests_admitted") == 0
                    && gauge(server, "admitted_tokens") == 0
                    && gauge(server, "admitted_pixels") == 0
                    && server.snapshot().usedBlocks() == 0
                    && server.snapshot().running() == 0
                    && server.snapshot().waiting() == 0
                    && server.engine().imageBytes() == 0;
        });
    }

    @Test
    void whileItsPicturesWaitToBeDecoded() throws Exception {
        for (boolean streamed : new boolean[] {false, true}) {
            try (ScriptedServer server = new ScriptedServer(LONG, decoding(0))) {
                try (RawClient client = new RawClient(server.port())) {
                    client.post(CHAT, question(streamed).toString());
                    Eventually.holds("both wait", () -> gauge(server, "admitted_pixels") == 61 * 50 + 62 * 50);
                    assertThat(gauge(server, "http_requests_admitted")).isEqualTo(1);
                }
                everythingIsFree(server);
            }
        }
    }

    @Test
    void streamsPingWhileTheirPicturesWait() throws Exception {
        HttpLimits hasty = new HttpLimits(1 << 20, 20, 64, 0, ImageLimits.DEFAULT, Duration.ofMillis(20));
        try (ScriptedServer server = new ScriptedServer(LONG, hasty)) {
            try (RawClient client = new RawClient(server.port())) {
                client.post(CHAT, question(true).toString());
                assertThat(client.readUntil(": ping")).startsWith("HTTP/1.1 200");
            }
            everythingIsFree(server);
        }
    }

    @Test
    void whileItsPicturesAreEncoded() throws Exception {
        try (ScriptedServer server = new ScriptedServer(LONG, decoding(2))) {
            server.holdEncodes();
            try (RawClient client = new RawClient(server.port())) {
                client.post(CHAT, question(true).toString());
                Eventually.holds("they are encoded", () -> {
                    server.allowStep();
                    return server.snapshot().encoding() > 0;
                });
                assertThat(gauge(server, "admitted_tokens")).isPositive();
                assertThat(gauge(server, "admitted_pixels")).isZero();
            }
            Eventually.holds("its tokens are free", () -> {
                server.allowStep();
                return gauge(server, "admitted_tokens") == 0
                        && server.snapshot().usedBlocks() == 0;
            });
            server.allowEncodes();
            everythingIsFree(server);
        }
    }

    @Test
    void whileItWaitsInTheQueueAndWhileItRuns() throws Exception {
        int running = ScriptedServer.ENGINE.maxRunning();
        try (ScriptedServer server = new ScriptedServer(LONG, decoding(2))) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < running; i++) {
                clients.add(new RawClient(server.port()));
                clients.getLast().post(CHAT, Requests.text("?").toString());
            }
            Eventually.holds("all run", () -> {
                server.allowStep();
                return server.snapshot().running() == running;
            });
            double held = gauge(server, "admitted_tokens");
            try (RawClient queued = new RawClient(server.port())) {
                queued.post(CHAT, question(false).toString());
                Eventually.holds("one waits", () -> {
                    server.allowStep();
                    return server.snapshot().waiting() == 1;
                });
                assertThat(gauge(server, "admitted_tokens")).isGreaterThan(held);
            }
            Eventually.holds("its tokens are free", () -> {
                server.allowStep();
                return gauge(server, "admitted_tokens") == held
                        && server.snapshot().waiting() == 0;
            });
            for (RawClient client : clients) {
                client.close();
            }
            everythingIsFree(server);
        }
    }

    @Test
    void tokensUnderWayAreBounded() throws Exception {
        int prompt = promptTokens();
        HttpLimits limits = decoding(2).with(new AdmissionLimits(2L * prompt + 30, 10_000));
        try (ScriptedServer server = new ScriptedServer(LONG, limits);
                RawClient first = new RawClient(server.port())) {
            first.post(CHAT, Requests.text("?").put("max_tokens", 20).toString());
            Eventually.holds("it is in", () -> gauge(server, "admitted_tokens") == prompt + 20);

            ObjectNode second = Requests.text("?").put("max_tokens", 11);
            ErrorAnswer.is(server.chat(second), 429, "queue_full", "");
            assertThat(server.chat(second).header("Retry-After")).isEqualTo("1");
            assertThat(gauge(server, "admitted_tokens_limit")).isEqualTo(2.0 * prompt + 30);
            ErrorAnswer.is(
                    server.chat(Requests.text("?").put("max_tokens", 100)),
                    400,
                    "invalid_value",
                    "max_completion_tokens");
            ErrorAnswer.is(
                    server.chat(Requests.text("?").put("max_tokens", 20).put("n", 4)), 400, "invalid_value", "n");

            server.allowAllSteps();
            Eventually.holds("there is room", () -> server.chat(second).statusCode() == 200);
            everythingIsFree(server);
        }
    }

    private static int promptTokens() {
        try (ScriptedServer server = new ScriptedServer("a")) {
            return server.prompt("?").length();
        }
    }

    @Test
    void pixelsUnderWayAreBounded() throws Exception {
        HttpLimits limits = decoding(0).with(new AdmissionLimits(1 << 20, 9_000));
        try (ScriptedServer server = new ScriptedServer(LONG, limits)) {
            try (RawClient first = new RawClient(server.port())) {
                first.post(CHAT, question(false).toString());
                Eventually.holds("both wait", () -> gauge(server, "admitted_pixels") == 61 * 50 + 62 * 50);
                ErrorAnswer.is(
                        server.chat(Requests.about("?", Pictures.dataUri(Pictures.png(3)))), 429, "queue_full", "");
            }
            everythingIsFree(server);
        }
        HttpLimits tiny = decoding(2).with(new AdmissionLimits(1 << 20, 100));
        try (ScriptedServer server = new ScriptedServer("a red circle", tiny)) {
            ErrorAnswer.is(
                    server.chat(Requests.about("?", Pictures.dataUri(Pictures.png(3)))),
                    400,
                    "invalid_value",
                    "messages[0].content[0].image_url.url");
        }
    }
}
