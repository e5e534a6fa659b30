package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.runtime.engine.Usage;
import java.util.List;
import java.util.Optional;

/**
 * Builds the JSON of text completions, which is older than that of chats.
 *
 * @param head id, time, model and fingerprint
 */
public record TextCompletionWriter(WireWriter head) {

    private static final JsonMapper MAPPER = new JsonMapper();

    /** A whole answer; its choices are in the order of the prompts. */
    public JsonNode completion(List<WireWriter.Choice> choices, Usage usage) {
        ObjectNode root = root();
        ArrayNode list = root.putArray("choices");
        for (WireWriter.Choice choice : choices) {
            list.add(choice(list.size(), choice.text(), Optional.of(choice.finishReason())));
        }
        root.set("usage", WireWriter.usage(usage));
        return root;
    }

    /** A piece of one of the texts, the last one with the reason why it ended. */
    public JsonNode chunk(int index, String text, Optional<String> finishReason, boolean withUsage) {
        ObjectNode root = root();
        root.putArray("choices").add(choice(index, text, finishReason));
        if (withUsage) {
            root.putNull("usage");
        }
        return root;
    }

    /** The last chunk where usage was asked for. */
    public JsonNode usageChunk(Usage usage) {
        ObjectNode root = root();
        root.putArray("choices");
        root.set("usage", WireWriter.usage(usage));
        return root;
    }

    private ObjectNode root() {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("id", head.id());
        root.put("object", "text_completion");
        root.put("created", head.created());
        root.put("model", head.model());
        root.put("system_fingerprint", head.fingerprint());
        return root;
    }

    private static ObjectNode choice(int index, String text, Optional<String> finishReason) {
        ObjectNode choice = MAPPER.createObjectNode();
        choice.put("index", index);
        choice.put("text", text);
        choice.putNull("logprobs");
        choice.put("finish_reason", finishReason.orElse(null));
        return choice;
    }
}
