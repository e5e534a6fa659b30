package dev.sharegpt4v.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

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

    /** The chat text of all chunks joined. */
    public String text() {
        StringBuilder text = new StringBuilder();
        chunks().forEach(chunk ->
                text.append(chunk.at("/choices/0/delta/content").asText("")));
        return text.toString();
    }

    /** Why the chat answer ended. */
    public String finishReason() {
        return chunks().stream()
                .map(chunk -> chunk.at("/choices/0/finish_reason"))
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .reduce((first, second) -> {
                    throw new AssertionError("two reasons to end: " + first + " and " + second);
                })
                .orElseThrow(() -> new AssertionError("no reason to end"));
    }
}
