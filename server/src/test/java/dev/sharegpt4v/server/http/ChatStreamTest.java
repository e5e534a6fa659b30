package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.testing.Events;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60) // Only to end a hang.
final class ChatStreamTest {

    private static final String TEXT = "a red circle";
    private static final String CONTENT = "/choices/0/delta/content";

    private final ScriptedServer server = new ScriptedServer(TEXT);

    @AfterEach
    void close() {
        server.close();
    }

    private static ObjectNode question() {
        return Requests.streamed(Requests.about("?", Pictures.dataUri(Pictures.png(1))));
    }

    @Test
    void aStreamHasOpenAisShape() {
        Response answer = server.chat(question());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo("text/event-stream; charset=utf-8");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-cache");
        assertThat(answer.header("X-Accel-Buffering")).isEqualTo("no");
        assertThat(answer.header("x-request-id")).startsWith("req_");
        Golden.matches("chat-stream.jsonl", Events.of(answer.asString()).joined(CONTENT));
    }

    @Test
    void aStreamWithUsageEndsWithItAndSaysNullBefore() {
        ObjectNode body = question();
        body.putObject("stream_options").put("include_usage", true).put("include_obfuscation", false);
        Golden.matches(
                "chat-stream-usage.jsonl",
                Events.of(server.chat(body).asString()).joined(CONTENT));
    }

    @Test
    void allChunksShareOneId() {
        List<JsonNode> chunks = Events.of(server.chat(question()).asString()).chunks();
        assertThat(chunks.stream().map(chunk -> chunk.path("id").asText()).distinct())
                .hasSize(1);
    }

    @Test
    void aStreamSaysTheSameAsAWholeAnswer() {
        ObjectNode body = question().put("max_tokens", 2);
        Events events = Events.of(server.chat(body).asString());
        Response whole = server.chat(body.deepCopy().put("stream", false));
        assertThat(events.text()).isEqualTo(whole.path("choices[0].message.content"));
        assertThat(events.finishReason())
                .isEqualTo(whole.path("choices[0].finish_reason"))
                .isEqualTo("length");
    }

    @Test
    void theRoleComesOnlyWithTheFirstTextAndAPingBefore() throws Exception {
        HttpLimits limits = new HttpLimits(1 << 20, 1, 4, 1, HttpLimits.DEFAULT.image(), Duration.ofMillis(20));
        try (ScriptedServer slow = new ScriptedServer(TEXT, limits);
                RawClient client = new RawClient(slow.port())) {
            client.post(
                    "/v1/chat/completions",
                    Requests.streamed(Requests.text("?")).toString());
            assertThat(client.readUntil(": ping")).startsWith("HTTP/1.1 200").doesNotContain("role");
            slow.allowAllSteps();
            assertThat(client.readUntil("[DONE]")).containsSubsequence("\"role\"", "circle");
        }
    }

    @Test
    void aConnectionServesTheNextRequestAfterAStream() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            for (int i = 0; i < 3; i++) {
                client.post("/v1/chat/completions", question().toString());
                assertThat(client.readUntil("[DONE]\n\n\r\n0\r\n\r\n")).startsWith("HTTP/1.1 200");
            }
        }
    }
}
