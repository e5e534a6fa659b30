package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.models.structured.JsonStyle;
import java.util.List;

/** What form an answer must have. Each knows the parameter that asked for it. */
public sealed interface OutputStructure {

    /** The path of the parameter, for errors. */
    String param();

    /** Any JSON object. */
    record AnyJson(JsonStyle style, String param) implements OutputStructure {
        public AnyJson() {
            this(JsonStyle.USUAL, "response_format");
        }
    }

    /** An instance of a JSON Schema. */
    record Schema(JsonNode schema, JsonStyle style, String param) implements OutputStructure {
        public Schema(JsonNode schema, String param) {
            this(schema, JsonStyle.USUAL, param);
        }
    }

    /** A text that an expression matches as a whole. */
    record Regex(String expression, String param) implements OutputStructure {}

    /** One of several texts. */
    record Choice(List<String> texts, String param) implements OutputStructure {
        public Choice {
            texts = List.copyOf(texts);
        }
    }

    /** A text of a grammar. */
    record Grammar(String source, String param) implements OutputStructure {}
}
