package dev.sharegpt4v.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A stream of server-sent events as a client sees it.
 *
 * @param names of the events, "message" where none is given
 * @param data of the events
 */
public record Events(List<String> names, List<String> data) {

    /** Reads a whole stream; every line of it must be one that the standard knows. */
    public static Events of(String stream) {
        assertThat(stream).endsWith("\n\n");
        List<String> names = new ArrayList<>();
        List<String> data = new ArrayList<>();
        for (String block : stream.split("\n\n", -1)) {
            String name = "message";
            for (String line : block.isEmpty() ? new String[0] : block.split("\n", -1)) {
                if (line.startsWith("event: ")) {
                    name = line.substring("event: ".length());
                } else if (line.startsWith("data: ")) {
                    names.add(name);
                    data.add(line.substring("data: ".length()));
                } else {
                    assertThat(line).startsWith(":");
                }
            }
        }
        return new Events(names, data);
    }

    /** All JSON events; the last event must be [DONE]. */
    public List<JsonNode> chunks() {
        assertThat(data).last().isEqualTo("[DONE]");
        return data.subList(0, data.size() - 1).stream().map(Golden::parse).toList();
    }

    /**
     * All JSON events, those that differ from the one before by their text alone in one with it: how much text an event
     * holds depends on when it is read.
     *
     * @param text the pointer to it, as "/data/0/caption"
     */
    public List<JsonNode> joined(String text) {
        JsonPointer pointer = JsonPointer.compile(text);
        List<JsonNode> joined = new ArrayList<>();
        for (JsonNode chunk : chunks()) {
            String words = chunk.at(pointer).asText();
            if (!joined.isEmpty() && without(pointer, joined.getLast()).equals(without(pointer, chunk))) {
                String before = joined.getLast().at(pointer).asText();
                put(pointer, joined.getLast(), before + words);
            } else {
                joined.add(chunk);
            }
        }
        return joined;
    }

    private static JsonNode without(JsonPointer pointer, JsonNode chunk) {
        JsonNode copy = chunk.deepCopy();
        if (!copy.at(pointer).isMissingNode()) {
            put(pointer, copy, "");
        }
        return copy;
    }

    private static void put(JsonPointer pointer, JsonNode chunk, String words) {
        ((ObjectNode) chunk.at(pointer.head())).put(pointer.last().getMatchingProperty(), words);
    }

    /** The text of the only chat answer. */
    public String text() {
        return text(0);
    }

    /** The text of one of several chat answers. */
    public String text(int index) {
        return choices(index)
                .map(choice -> choice.at("/delta/content").asText(""))
                .collect(Collectors.joining());
    }

    /** Why the only chat answer ended. */
    public String finishReason() {
        return finishReason(0);
    }

    /** Why one of several chat answers ended. */
    public String finishReason(int index) {
        List<String> reasons = choices(index)
                .map(choice -> choice.path("finish_reason"))
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .toList();
        assertThat(reasons).hasSize(1);
        return reasons.getFirst();
    }

    /** What was said of one answer, piece by piece. */
    public Stream<JsonNode> choices(int index) {
        return chunks().stream()
                .flatMap(chunk -> chunk.path("choices").valueStream())
                .filter(choice -> choice.path("index").asInt() == index);
    }
}
