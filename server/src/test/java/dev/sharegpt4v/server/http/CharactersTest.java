package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.server.testing.Events;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripted tokenizer spells what it does not know byte by byte, so each of these characters takes several tokens. */
final class CharactersTest {

    private static final String TEXT = "a 🐶 and 漢字, é";

    private final ScriptedServer server = new ScriptedServer(TEXT);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void aChunkNeverHoldsAPartOfACharacter() {
        Events events =
                Events.of(server.chat(Requests.streamed(Requests.text("?"))).asString());
        assertThat(events.text()).isEqualTo(TEXT);
        for (JsonNode chunk : events.chunks()) {
            assertThat(chunk.at("/choices/0/delta/content").asText(""))
                    .doesNotContain("\uFFFD")
                    .doesNotMatch("(?s).*[\\ud800-\\udbff]");
        }
    }

    @Test
    void aStopStringOfSeveralBytesIsFound() {
        assertThat((String) server.chat(Requests.text("?").put("stop", "漢")).path("choices[0].message.content"))
                .isEqualTo("a 🐶 and ");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7})
    void anAnswerThatIsCutInACharacterTellsThatByOneReplacementPerByte(int tokens) {
        String text = server.chat(Requests.text("?").put("max_tokens", tokens)).path("choices[0].message.content");
        String whole = text.replace("\uFFFD", "");
        assertThat(TEXT).startsWith(whole);
        assertThat(text).startsWith(whole);
        assertThat(text.length() - whole.length()).isLessThan(4);
    }
}
