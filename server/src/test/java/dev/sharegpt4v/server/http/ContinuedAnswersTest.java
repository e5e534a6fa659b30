package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Events;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Answers whose first words the caller gives. */
final class ContinuedAnswersTest {

    private static final ScriptedServer SERVER = new ScriptedServer("a red circle");

    @AfterAll
    static void close() {
        SERVER.close();
    }

    private static ObjectNode begun(String words) {
        ObjectNode body = Requests.text("?").put("continue_final_message", true);
        ((ArrayNode) body.get("messages")).addObject().put("role", "assistant").put("content", words);
        return body;
    }

    private static String text(ObjectNode body) {
        return SERVER.chat(body).path("choices[0].message.content");
    }

    @Test
    void theAnswerGoesOnWithTheLastMessage() {
        assertThat(text(begun("a red"))).isEqualTo(" circle");
        assertThat(text(begun("a"))).isEqualTo(" red circle");
        assertThat(text(begun(""))).isEqualTo("a red circle");
        assertThat(text(begun("a red circle"))).isEmpty();
        assertThat(text(begun("a red").put("add_generation_prompt", false))).isEqualTo(" circle");
    }

    @Test
    void theLastMessageMayBeEchoed() {
        assertThat(text(begun("a red").put("echo", true))).isEqualTo("a red circle");
        assertThat(text(Requests.text("?").put("echo", true))).isEqualTo("a red circle");
    }

    @Test
    void aStreamBeginsWithWhatIsEchoed() {
        ObjectNode body = Requests.streamed(begun("a red").put("echo", true).put("n", 2));
        Events events = Events.of(SERVER.chat(body).asString());
        for (int i = 0; i < 2; i++) {
            assertThat(events.text(i)).isEqualTo("a red circle");
            List<JsonNode> choices = events.choices(i).toList();
            assertThat(choices.get(0).at("/delta/role").asText()).isEqualTo("assistant");
            assertThat(choices.get(1).at("/delta/content").asText()).isEqualTo("a red");
            assertThat(choices.stream().filter(choice -> choice.at("/delta").has("role")))
                    .hasSize(1);
        }
    }

    @Test
    void aMessageIsOnlyContinuedWhereThatIsAskedFor() {
        ObjectNode body = begun("a red");
        body.remove("continue_final_message");
        ErrorAnswer.is(SERVER.chat(body), 400, "invalid_value", "messages");
    }

    @Test
    void aPromptMayEndWithTheLastMessage() {
        ObjectNode body = Requests.text("what ASSISTANT:").put("add_generation_prompt", false);
        JsonNode answer =
                Golden.parse(SERVER.chat(body.put("return_prompt_text", true)).asString());
        assertThat(answer.path("prompt_text").asText()).endsWith("USER: what ASSISTANT: ");
    }

    @Test
    void theCallerMayNameTheAnswer() {
        assertThat((String) SERVER.chat(Requests.text("?").put("request_id", "mine-7"))
                        .path("id"))
                .isEqualTo("chatcmpl-mine-7");
    }

    @Test
    void everyChunkMayTellTheUsageSoFar() {
        ObjectNode body = Requests.streamed(Requests.text("?"));
        body.putObject("stream_options").put("continuous_usage_stats", true).put("include_usage", true);
        List<JsonNode> chunks = Events.of(SERVER.chat(body).asString()).chunks();
        int before = 0;
        for (JsonNode chunk : chunks) {
            assertThat(chunk.at("/usage/prompt_tokens").asInt()).isPositive();
            int said = chunk.at("/usage/completion_tokens").asInt();
            assertThat(said).isGreaterThanOrEqualTo(before);
            before = said;
        }
        assertThat(chunks.getLast().path("choices")).isEmpty();
        assertThat(before).isEqualTo(SERVER.tokenizer().encode("a red circle").length + 1);
    }
}
