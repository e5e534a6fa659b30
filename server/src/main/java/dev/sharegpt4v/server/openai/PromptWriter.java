package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** Builds the answers of routes that look at prompts without running them. */
public final class PromptWriter {

    private static final JsonMapper MAPPER = new JsonMapper();

    private PromptWriter() {}

    /** Ids of a prompt, as vLLM answers {@code /tokenize}; {@code pieces} is null where they were not asked for. */
    public static JsonNode tokens(int[] ids, int contextLength, Optional<List<String>> pieces) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("count", ids.length);
        root.put("max_model_len", contextLength);
        root.set("tokens", array(ids));
        if (pieces.isPresent()) {
            ArrayNode list = root.putArray("token_strs");
            pieces.get().forEach(list::add);
        } else {
            root.putNull("token_strs");
        }
        return root;
    }

    /** Text of ids, as vLLM answers {@code /detokenize}. */
    public static JsonNode text(String text) {
        return MAPPER.createObjectNode().put("prompt", text);
    }

    /** How long a prompt is, as OpenAI counts input. */
    public static JsonNode inputTokens(int tokens) {
        return MAPPER.createObjectNode().put("object", "response.input_tokens").put("input_tokens", tokens);
    }

    /**
     * Where an image sits in a prompt.
     *
     * @param offset of its first position among the ids
     * @param length how many positions it takes
     * @param textOffset of its marker in the text, in UTF-16 units
     * @param param the field it came in
     * @param hash of its prepared pixels
     */
    public record ImageSlot(int offset, int length, int textOffset, String param, String hash) {}

    /** A prompt as the model would see it. */
    public static JsonNode rendered(
            String model, String template, String text, int[] ids, int contextLength, List<ImageSlot> images) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("object", "chat.completion.render");
        root.put("model", model);
        root.put("template", template);
        root.put("prompt", text);
        root.set("prompt_token_ids", array(ids));
        root.put("count", ids.length);
        root.put("max_model_len", contextLength);
        ArrayNode slots = root.putArray("images");
        for (ImageSlot image : images) {
            ObjectNode slot = MAPPER.createObjectNode();
            slot.put("index", slots.size());
            slot.put("offset", image.offset());
            slot.put("length", image.length());
            slot.put("text_offset", image.textOffset());
            slot.put("param", image.param());
            slot.put("hash", image.hash());
            slots.add(slot);
        }
        return root;
    }

    private static ArrayNode array(int[] ids) {
        ArrayNode array = MAPPER.createArrayNode();
        for (int id : ids) {
            array.add(id);
        }
        return array;
    }
}
