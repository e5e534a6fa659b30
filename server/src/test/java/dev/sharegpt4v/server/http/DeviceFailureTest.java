package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Events;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60) // Only to end a hang.
final class DeviceFailureTest {

    private static final String CHAT = "/v1/chat/completions";

    private final ScriptedServer server = new ScriptedServer("a red circle", HttpLimits.DEFAULT);

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFailureBeforeTheFirstTokenIsAnAnswerOfItsOwn(boolean stream) {
        server.executor().failNext(new IllegalStateException("a defect"));
        server.allowAllSteps();

        ErrorAnswer.is(server.chat(Requests.text("?").put("stream", stream)), 500, "internal_error", "");

        Response next = server.chat(Requests.text("?"));
        assertThat((String) next.path("choices[0].message.content")).isEqualTo("a red circle");
    }

    @Test
    void aFailureInAStreamIsAnErrorEventAndNoDone() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.post(CHAT, Requests.streamed(Requests.text("?")).toString());
            server.allowSteps(2);
            client.readUntil("red");
            server.executor().failNext(new IllegalStateException("a defect"));
            server.allowAllSteps();
            String rest = client.readUntil("0\r\n\r\n");

            assertThat(rest).contains("event: error\ndata: ").doesNotContain("[DONE]", "finish_reason\":\"");
            int at = rest.indexOf("data: ", rest.indexOf("event: error"));
            ErrorAnswer.is(rest.substring(at + 6, rest.indexOf('\n', at)), "internal_error", "");
        }
        assertThat(Events.of(server.chat(Requests.streamed(Requests.text("?"))).asString())
                        .text())
                .isEqualTo("a red circle");
    }

    @Test
    void aFailureOfSeveralChoicesIsToldOnceAndEndsNone() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.post(CHAT, Requests.streamed(Requests.text("?")).put("n", 3).toString());
            server.allowSteps(2);
            client.readUntil("red");
            server.executor().failNext(new IllegalStateException("a defect"));
            server.allowAllSteps();
            String rest = client.readUntil("0\r\n\r\n");

            assertThat(rest.split("event: error", -1)).hasSize(2);
            assertThat(rest).doesNotContain("[DONE]", "finish_reason\":\"");
        }
        assertThat(server.snapshot().running()).isZero();
    }

    @Test
    void aFailureAfterAPingIsAnErrorEventToo() throws Exception {
        HttpLimits limits = new HttpLimits(1 << 20, 1, 4, 1, HttpLimits.DEFAULT.image(), Duration.ofMillis(20));
        try (ScriptedServer slow = new ScriptedServer("a red circle", limits);
                RawClient client = new RawClient(slow.port())) {
            client.post(CHAT, Requests.streamed(Requests.text("?")).toString());
            client.readUntil(": ping");
            slow.executor().failNext(new IllegalStateException("a defect"));
            slow.allowAllSteps();
            assertThat(client.readUntil("0\r\n\r\n")).contains("event: error").doesNotContain("role");
        }
    }

    @Test
    void afterAFatalFailureTheServerIsNotReady() {
        server.executor().failNext(new ExecutionFailure(ExecutionFailure.Kind.FATAL, "bus error at java.secret.Place"));
        server.allowAllSteps();

        ErrorAnswer.is(server.chat(Requests.text("?")), 500, "internal_error", "");

        assertThat(server.get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(server.get("/health/ready").asString()).isEqualTo("{\"status\":\"unhealthy\"}");
        assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(server.chat(Requests.text("?")).statusCode()).isEqualTo(503);
    }

    @Test
    void aFailureThatMayPassIsNotSeen() {
        server.executor().failNext(new ExecutionFailure(ExecutionFailure.Kind.RETRYABLE, "busy"));
        server.allowAllSteps();
        assertThat((String) server.chat(Requests.text("?")).path("choices[0].message.content"))
                .isEqualTo("a red circle");
    }
}
