package dev.sharegpt4v.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.models.testing.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AnswerReaderTest {

    private static final String ROLE =
            event("{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}");
    private static final String TEXT = event("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}");
    private static final String END = event("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}]}");
    private static final String USAGE =
            event("{\"choices\":[],\"usage\":{\"prompt_tokens\":600,\"completion_tokens\":7,\"total_tokens\":607}}");
    private static final String DONE = event("[DONE]");

    private static String event(String data) {
        return "data: " + data + "\n\n";
    }

    /** Reads by a clock that says 10 for the first event, 20 for the second, and so on. */
    private static Outcome read(String... events) throws IOException {
        AtomicLong clock = new AtomicLong();
        return AnswerReader.read(Chunks.of(String.join("", events), 50), 0, () -> clock.addAndGet(10));
    }

    private static Outcome.Answered answered(String... events) throws IOException {
        return (Outcome.Answered) read(events);
    }

    @Test
    void everyChunkWithATokenIsTimedButNotTheRoleNorTheEnd() throws IOException {
        assertThat(answered(ROLE, TEXT, TEXT, END, USAGE, DONE))
                .isEqualTo(new Outcome.Answered(0, List.of(20L, 30L), new TokenCount(600, 7, true)));
    }

    @Test
    void aTokenWithoutTextIsATokenToo() throws IOException {
        String empty = event("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"}}]}");
        assertThat(answered(ROLE, TEXT, empty, TEXT, END, DONE).chunks()).containsExactly(20L, 30L, 40L);
    }

    @Test
    void aRoleThatComesWithTextIsAToken() throws IOException {
        String both = event("{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"a\"}}]}");
        assertThat(answered(both, END, DONE).chunks()).containsExactly(10L);
    }

    @Test
    void plainCompletionsAreReadAsWell() throws IOException {
        String text = event("{\"choices\":[{\"index\":0,\"text\":\"a\",\"finish_reason\":null}]}");
        assertThat(answered(text, text, USAGE, DONE))
                .isEqualTo(new Outcome.Answered(0, List.of(10L, 20L), new TokenCount(600, 7, true)));
    }

    @Test
    void chunksWithoutAChoiceDoNotStartTheAnswer() throws IOException {
        Outcome.Answered answer = answered(event("{\"choices\":[]}"), event("{\"object\":\"x\"}"), TEXT, DONE);
        assertThat(answer.chunks()).containsExactly(30L);
        assertThat(answer.firstTokenNanos()).isEqualTo(30);
    }

    @Test
    void withoutUsageChunksWithTextAreCounted() throws IOException {
        assertThat(answered(ROLE, TEXT, TEXT, TEXT, END, DONE).tokens()).isEqualTo(new TokenCount(0, 3, false));
    }

    @Test
    void theLastUsageCounts() throws IOException {
        String early = event(
                "{\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":{\"prompt_tokens\":600,\"completion_tokens\":1}}");
        assertThat(answered(early, TEXT, USAGE, DONE).tokens().output()).isEqualTo(7);
    }

    @Test
    void commentsAndWhatComesAfterTheEndAreNotTimed() throws IOException {
        assertThat(answered(": ping\n\n", TEXT, ": ping\n\n", TEXT, DONE, TEXT).chunks())
                .containsExactly(10L, 20L);
    }

    @Test
    void aFinishReasonEndsAnAnswerToo() throws IOException {
        assertThat(answered(TEXT, END).chunks()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "event: error\ndata: {\"error\":{\"message\":\"it broke\"}}",
                "data: {\"error\":{\"message\":\"it broke\",\"code\":500}}",
                "data: {\"error\":\"it broke\"}",
                "event: error\ndata: {\"message\":\"it broke\"}",
            })
    void anErrorInTheStreamIsAFailure(String event) throws IOException {
        assertThat(read(TEXT, event + "\n\n")).isEqualTo(new Outcome.Failed(0, "error in the stream", "it broke"));
    }

    @Test
    void aStreamThatStopsInTheMiddleIsAFailure() throws IOException {
        assertThat(read(ROLE, TEXT)).extracting("kind").isEqualTo("cut off");
    }

    @Test
    void aStreamWithoutTextIsAFailure() throws IOException {
        assertThat(read()).extracting("kind").isEqualTo("no tokens");
        assertThat(read(USAGE, DONE)).extracting("kind").isEqualTo("no tokens");
        assertThat(read(ROLE, END, USAGE, DONE)).extracting("kind").isEqualTo("no tokens");
    }

    @Test
    void whatIsNoJsonIsAFailure() throws IOException {
        assertThat(read(TEXT, event("{\"choices\":"))).extracting("kind").isEqualTo("unreadable chunk");
    }

    @Test
    void recordedStreamsAreReadToTheirEnd() throws IOException {
        Path index = SharedData.path("openai/sse/index.json");
        JsonNode streams = new JsonMapper().readTree(index.toFile()).path("streams");
        assertThat(streams).isNotEmpty();
        for (JsonNode stream : streams) {
            JsonNode expected = stream.path("accumulated");
            byte[] recorded =
                    Files.readAllBytes(index.resolveSibling(stream.path("file").asText()));
            if (!hasText(recorded)) {
                // A refusal, which vLLM's definition does not count as tokens.
                assertThat(AnswerReader.read(Chunks.of(recorded, 100), 0, () -> 0))
                        .extracting("kind")
                        .isEqualTo("no tokens");
                continue;
            }
            AtomicLong clock = new AtomicLong();
            Outcome outcome = AnswerReader.read(Chunks.of(recorded, 100), 0, () -> clock.addAndGet(10));
            assertThat(outcome)
                    .as(stream.path("file").asText())
                    .isInstanceOfSatisfying(Outcome.Answered.class, answer -> {
                        JsonNode usage = expected.path("usage");
                        int chunks = expected.path("chunks").asInt();
                        assertThat(answer.ended()).isLessThanOrEqualTo(chunks * 10L);
                        assertThat(answer.chunks()).hasSizeBetween(1, chunks);
                        if (usage.isObject()) {
                            assertThat(answer.tokens())
                                    .isEqualTo(new TokenCount(
                                            usage.path("prompt_tokens").asInt(),
                                            usage.path("completion_tokens").asInt(),
                                            true));
                        }
                    });
        }
    }

    private static boolean hasText(byte[] recorded) {
        String text = new String(recorded, StandardCharsets.UTF_8);
        return Pattern.compile("\"content\": ?\"[^\"]").matcher(text).find() || text.contains("\"tool_calls\"");
    }
}
