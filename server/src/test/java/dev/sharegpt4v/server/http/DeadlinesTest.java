package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.engine.Scheduling;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Eventually;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60) // Only to end a hang.
final class DeadlinesTest {

    private static final String CHAT = "/v1/chat/completions";
    private static final String LONG = "a red circle ".repeat(500);

    @ParameterizedTest(name = "{0} asked, {1} allowed: {2}")
    @CsvSource({"-, -, -", "5, -, 5", "-, 7, 7", "5, 7, 5", "9, 7, 7"})
    void theSoonerOfWhatIsAskedAndAllowedHolds(String asked, String allowed, String holds) {
        Scheduling queue = new Scheduling(3, "salt", seconds(asked), Optional.empty());
        Scheduling total = new Scheduling(3, "salt", Optional.empty(), seconds(asked));

        assertThat(new Deadlines(seconds(allowed), Optional.empty()).bound(queue, Duration.ZERO))
                .isEqualTo(new Scheduling(3, "salt", seconds(holds), Optional.empty()));
        assertThat(new Deadlines(Optional.empty(), seconds(allowed)).bound(total, Duration.ZERO))
                .isEqualTo(new Scheduling(3, "salt", Optional.empty(), seconds(holds)));
    }

    @Test
    void whatTheModelWasWaitedForIsPartOfBothTimes() {
        Scheduling asked = new Scheduling(0, "", seconds("5"), seconds("9"));
        assertThat(new Deadlines(seconds("4"), Optional.empty()).bound(asked, Duration.ofSeconds(3)))
                .isEqualTo(new Scheduling(0, "", seconds("1"), seconds("6")));
        assertThat(Deadlines.NONE.bound(asked, Duration.ofSeconds(20)))
                .isEqualTo(new Scheduling(0, "", Optional.of(Duration.ofMillis(1)), Optional.of(Duration.ofMillis(1))));
    }

    private static Optional<Duration> seconds(String text) {
        return text.equals("-") ? Optional.empty() : Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoWaitsTooLongIsToldToComeAgain(boolean stream) throws Exception {
        HttpLimits limits = limits(new Deadlines(Optional.of(Duration.ofMillis(30)), Optional.empty()));
        try (ScriptedServer server = new ScriptedServer(LONG, limits)) {
            List<RawClient> running = new ArrayList<>();
            for (int i = 0; i < ScriptedServer.ENGINE.maxRunning(); i++) {
                running.add(new RawClient(server.port()));
                running.getLast().post(CHAT, Requests.text("?").toString());
                int started = i + 1;
                Eventually.holds("it runs", () -> {
                    server.allowStep();
                    return server.snapshot().running() == started;
                });
            }
            try (RawClient late = new RawClient(server.port())) {
                late.post(CHAT, Requests.text("?").put("stream", stream).toString());
                Eventually.holds("it is refused", () -> {
                    server.allowStep();
                    return server.metrics().contains("outcome=\"failed\"} 1");
                });
                String answer = late.readUntil("}}");
                assertThat(answer).startsWith("HTTP/1.1 503").contains("Retry-After: ");
                ErrorAnswer.is(answer.substring(answer.indexOf("\r\n\r\n") + 4), "timeout", "");
            }
            for (RawClient client : running) {
                client.close();
            }
        }
    }

    @Test
    void whatWasSaidInTimeIsTheAnswer() throws Exception {
        try (ScriptedServer server = new ScriptedServer(LONG, limits(Deadlines.NONE));
                RawClient client = new RawClient(server.port())) {
            client.post(
                    CHAT,
                    Requests.streamed(Requests.text("?")).put("timeout", 0.2).toString());
            server.allowSteps(3);
            client.readUntil("red");
            Eventually.holds("it ends", () -> {
                server.allowStep();
                return server.snapshot().running() == 0;
            });
            assertThat(client.readUntil("[DONE]")).contains("\"finish_reason\":\"timeout\"");
        }
    }

    private static HttpLimits limits(Deadlines deadlines) {
        return new HttpLimits(
                1 << 20,
                1,
                100,
                1,
                HttpLimits.DEFAULT.image(),
                Duration.ofSeconds(5),
                HttpLimits.DEFAULT.writeTimeout(),
                deadlines);
    }
}
