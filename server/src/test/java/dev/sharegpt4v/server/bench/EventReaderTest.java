package dev.sharegpt4v.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.models.testing.SharedData;
import dev.sharegpt4v.server.bench.EventReader.Event;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EventReaderTest {

    private static List<Event> read(InputStream input) throws IOException {
        EventReader reader = new EventReader(input);
        List<Event> events = new ArrayList<>();
        for (Optional<Event> event = reader.next(); event.isPresent(); event = reader.next()) {
            events.add(event.get());
        }
        return events;
    }

    private static List<String> data(String stream) throws IOException {
        return read(Chunks.of(stream, 3)).stream().map(Event::data).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 1000})
    void charactersAreWholeHoweverTheirBytesCome(int most) throws IOException {
        assertThat(read(Chunks.of("data: 図 é 🐕\n\ndata: \u2028\n\n", most)))
                .extracting(Event::data)
                .containsExactly("図 é 🐕", "\u2028");
    }

    @Test
    void linesEndInAnyWay() throws IOException {
        assertThat(data("data: a\r\n\r\ndata: b\r\rdata: c\n\ndata: d\r\n\n")).containsExactly("a", "b", "c", "d");
    }

    @Test
    void aLineFeedAfterACarriageReturnEndsNoSecondLine() throws IOException {
        assertThat(data("data: a\r\ndata: b\r\n\r\n")).containsExactly("a\nb");
    }

    @Test
    void commentsAreNoEvents() throws IOException {
        assertThat(data(": ping\n\n:\n\ndata: a\n: between\ndata: b\n\n: ping\n\n"))
                .containsExactly("a\nb");
    }

    @Test
    void linesOfDataAreJoined() throws IOException {
        assertThat(data("data: {\ndata: \"a\":\ndata\ndata:\ndata:1}\n\n")).containsExactly("{\n\"a\":\n\n\n1}");
    }

    @Test
    void onlyOneSpaceAfterTheColonIsDropped() throws IOException {
        assertThat(data("data:  a\n\ndata:b\n\n")).containsExactly(" a", "b");
    }

    @Test
    void namesHoldForOneEvent() throws IOException {
        assertThat(read(Chunks.of("event: error\ndata: a\n\ndata: b\n\nevent: ping\n\ndata: c\n\n", 4)))
                .containsExactly(new Event("error", "a"), new Event("message", "b"), new Event("message", "c"));
    }

    @Test
    void unknownFieldsMeanNothing() throws IOException {
        assertThat(data("id: 7\nretry: 10\nwhatever: x\nnothing\ndata: a\n\n")).containsExactly("a");
    }

    @Test
    void anEventThatTheEndCutsOffIsNone() throws IOException {
        assertThat(data("data: a\n\ndata: b")).containsExactly("a");
        assertThat(data("data: a\n\ndata: b\n")).containsExactly("a");
    }

    @Test
    void aByteOrderMarkIsNoText() throws IOException {
        assertThat(data("\uFEFFdata: a\n\n")).containsExactly("a");
    }

    @Test
    void anEmptyStreamHasNoEvents() throws IOException {
        assertThat(data("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 4096})
    void eventsAreThoseThatOtherClientsRead(int most) throws IOException {
        JsonNode cases = new JsonMapper()
                .readTree(SharedData.path("openai/sse_client_cases.json").toFile())
                .path("events_python_node");
        assertThat(cases).isNotEmpty();
        for (JsonNode one : cases) {
            List<String> expected = new ArrayList<>();
            for (JsonNode event : one.path("events")) {
                // They also yield events without data, which the standard does not.
                if (!event.path("data").asText().isEmpty()) {
                    expected.add(event.path("data").asText());
                }
            }
            assertThat(read(Chunks.of(one.path("body").asText(), most)))
                    .as(one.path("body").asText())
                    .extracting(Event::data)
                    .isEqualTo(expected);
        }
    }
}
