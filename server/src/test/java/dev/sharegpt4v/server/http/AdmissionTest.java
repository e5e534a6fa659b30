package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Eventually;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60) // Only to end a hang.
final class AdmissionTest {

    private static final String CHAT = "/v1/chat/completions";

    /** Still being said while all requests come in. */
    private static final String LONG = "a red circle ".repeat(500);

    private static HttpLimits concurrent(int most) {
        return new HttpLimits(1 << 20, 20, most, 2, HttpLimits.DEFAULT.image(), Duration.ofSeconds(5));
    }

    @Test
    void oneRequestMoreThanTheGateHoldsIsTurnedAwayAndMayComeAgain() throws Exception {
        try (ScriptedServer server = new ScriptedServer(LONG, concurrent(2))) {
            turnsAwayOneMore(server, 2);
        }
    }

    @Test
    void oneRequestMoreThanTheEngineHoldsIsTurnedAwayAndMayComeAgain() throws Exception {
        try (ScriptedServer server = new ScriptedServer(LONG, concurrent(100))) {
            turnsAwayOneMore(server, ScriptedServer.ENGINE.maxRunning() + ScriptedServer.ENGINE.maxQueued());
        }
    }

    private static void turnsAwayOneMore(ScriptedServer server, int places) throws Exception {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < places; i++) {
            clients.add(new RawClient(server.port()));
            clients.getLast().post(CHAT, Requests.text("?").toString());
        }
        Eventually.holds("all are in", () -> {
            server.allowStep();
            return server.snapshot().running() + server.snapshot().waiting() == places;
        });

        Response answer = server.chat(Requests.text("?"));
        ErrorAnswer.is(answer, 429, "queue_full", "");
        assertThat((String) answer.path("error.type")).isEqualTo("rate_limit_error");
        assertThat(answer.header("Retry-After")).isEqualTo("1");

        server.allowAllSteps();
        for (RawClient client : clients) {
            assertThat(client.readUntil("fp_test")).contains("a red circle");
            client.close();
        }
        Eventually.holds(
                "there is room again", () -> server.chat(Requests.text("?")).statusCode() == 200);
    }

    @Test
    void aRefusedRequestLeavesItsPlace() throws Exception {
        try (ScriptedServer server = new ScriptedServer("a red circle", concurrent(1))) {
            server.allowAllSteps();
            for (int i = 0; i < 5; i++) {
                Eventually.holds(
                        "the place is free",
                        () -> server.chat(Requests.text("?").put("temperature", 9))
                                        .statusCode()
                                == 400);
            }
            Eventually.holds(
                    "the place is free", () -> server.chat(Requests.text("?")).statusCode() == 200);
        }
    }

    @Test
    void aDrainingServerTakesNoMoreAndEndsWhatRuns() throws Exception {
        try (ScriptedServer server = new ScriptedServer("a red circle", HttpLimits.DEFAULT);
                RawClient client = new RawClient(server.port())) {
            client.post(CHAT, Requests.streamed(Requests.text("?")).toString());
            server.allowSteps(3);
            client.readUntil("red");
            server.drain();

            Response answer = server.chat(Requests.text("?"));
            ErrorAnswer.is(answer, 503, "shutting_down", "");
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat((String) answer.path("error.type")).isEqualTo("server_error");

            server.allowAllSteps();
            assertThat(client.readUntil("[DONE]")).contains("circle").contains("\"finish_reason\":\"stop\"");
        }
    }
}
