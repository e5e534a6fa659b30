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

    /**
     * A text and what is told of its prompt.
     *
     * @param said the text
     * @param promptLogprobs how likely the prompt's tokens were
     * @param promptIds the prompt's tokens
     */
    public record TextChoice(
            WireWriter.Choice said, Optional<JsonNode> promptLogprobs, Optional<List<Integer>> promptIds) {

        /** Nothing but a text. */
        public TextChoice(WireWriter.Choice said) {
            this(said, Optional.empty(), Optional.empty());
        }
    }

    /** A whole answer; its choices are in the order of the prompts. */
    public JsonNode completion(List<TextChoice> choices, Usage usage) {
        ObjectNode root = root();
        ArrayNode list = root.putArray("choices");
        for (TextChoice told : choices) {
            WireWriter.Choice said = told.said();
            ObjectNode choice = choice(list.size(), said.text(), said.logprobs(), Optional.of(said.finishReason()));
            said.tokenIds().ifPresent(ids -> ids.forEach(choice.putArray("token_ids")::add));
            told.promptIds().ifPresent(ids -> ids.forEach(choice.putArray("prompt_token_ids")::add));
            told.promptLogprobs().ifPresent(logprobs -> choice.set("prompt_logprobs", logprobs));
            list.add(choice);
        }
        root.set("usage", WireWriter.usage(usage));
        return root;
    }

    /**
     * A piece of one of the texts.
     *
     * @param said the piece, with an empty reason but for the last
     * @param usage so far, or null where it is told later; empty where it is not told
     */
    public JsonNode chunk(int index, WireWriter.Choice said, Optional<JsonNode> usage) {
        ObjectNode root = root();
        Optional<String> reason = Optional.of(said.finishReason()).filter(found -> !found.isEmpty());
        ObjectNode choice = choice(index, said.text(), said.logprobs(), reason);
        said.tokenIds().ifPresent(ids -> ids.forEach(choice.putArray("token_ids")::add));
        root.putArray("choices").add(choice);
        usage.ifPresent(told -> root.set("usage", told));
        return root;
    }

    /** The usage of a text so far. */
    public static JsonNode soFar(Usage usage) {
        return WireWriter.usage(usage);
    }

    /** What stands for usage that comes later. */
    public static JsonNode later() {
        return MAPPER.nullNode();
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

    private static ObjectNode choice(
            int index, String text, Optional<JsonNode> logprobs, Optional<String> finishReason) {
        ObjectNode choice = MAPPER.createObjectNode();
        choice.put("index", index);
        choice.put("text", text);
        choice.set("logprobs", logprobs.orElse(MAPPER.nullNode()));
        choice.put("finish_reason", finishReason.orElse(null));
        return choice;
    }
}
