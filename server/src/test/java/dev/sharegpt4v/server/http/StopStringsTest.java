package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.testing.Events;
import dev.sharegpt4v.server.testing.Eventually;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60) // Only to end a hang.
final class StopStringsTest {

    private static final String TEXT = "a large red circle is left of a small blue square";

    private final ScriptedServer server = new ScriptedServer(TEXT);

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"circle", "e red ci", "le is l", "d", "square", "a", " small blue squar"})
    void anAnswerEndsBeforeAStopStringWhereverTokensEnd(String stop) throws InterruptedException {
        String expected = TEXT.substring(0, TEXT.indexOf(stop));
        ObjectNode body = Requests.text("?").put("stop", stop);

        Response whole = server.chat(body);
        Events streamed = Events.of(server.chat(Requests.streamed(body)).asString());

        assertThat((String) whole.path("choices[0].message.content")).isEqualTo(expected);
        assertThat((String) whole.path("choices[0].finish_reason")).isEqualTo("stop");
        assertThat(streamed.text()).isEqualTo(expected);
        assertThat(streamed.finishReason()).isEqualTo("stop");
        Eventually.holds("all blocks are free", () -> server.snapshot().usedBlocks() == 0);
    }

    @Test
    void theFirstOfSeveralStopStringsEndsTheAnswer() {
        ObjectNode body = Requests.text("?");
        body.putArray("stop").add("square").add("left").add("never");
        assertThat((String) server.chat(body).path("choices[0].message.content"))
                .isEqualTo("a large red circle is ");
    }

    @Test
    void whatOnlyBeginsAStopStringIsSaidInTheEnd() {
        ObjectNode body = Requests.streamed(Requests.text("?").put("stop", "square root"));
        assertThat(Events.of(server.chat(body).asString()).text()).isEqualTo(TEXT);
    }
}
