package dev.sharegpt4v.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Answers compared with files under {@code golden}, member for member and in their order; ids stand as "ID". */
public final class Golden {

    private static final JsonMapper JSON = new JsonMapper();

    private Golden() {}

    /** One JSON document. */
    public static void matches(String file, String answer) {
        assertThat(pretty(masked(parse(answer)))).isEqualTo(read(file));
    }

    /** Several JSON documents, one a line. */
    public static void matches(String file, List<JsonNode> answers) {
        StringBuilder all = new StringBuilder();
        answers.forEach(answer -> all.append(masked(answer)).append('\n'));
        assertThat(all.toString()).isEqualTo(read(file));
    }

    public static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(json, e);
        }
    }

    private static JsonNode masked(JsonNode answer) {
        assertThat(answer.path("id").asText()).matches("(chatcmpl|caption)-[0-9a-f]{32}");
        return ((ObjectNode) answer.deepCopy()).put("id", "ID");
    }

    private static String pretty(JsonNode node) {
        return node.toPrettyString() + "\n";
    }

    private static String read(String file) {
        try (InputStream input = Golden.class.getResourceAsStream("/golden/" + file)) {
            if (input == null) {
                throw new AssertionError("no golden file " + file);
            }
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
