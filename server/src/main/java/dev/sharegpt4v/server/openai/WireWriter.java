package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.runtime.engine.Usage;
import java.util.List;
import java.util.Optional;

/**
 * Builds the answers' JSON.
 *
 * @param id of the completion
 * @param created in seconds since 1970
 * @param model the served name
 * @param fingerprint stands for model and server version
 */
public record WireWriter(String id, long created, String model, String fingerprint) {

    private static final JsonMapper MAPPER = new JsonMapper();

    /**
     * One text of a chat completion.
     *
     * @param text said
     * @param finishReason why it ended
     */
    public record Choice(String text, String finishReason) {}

    /** A whole chat completion. */
    public JsonNode completion(List<Choice> choices, Usage usage) {
        ObjectNode root = head("chat.completion");
        ArrayNode list = root.putArray("choices");
        for (Choice said : choices) {
            ObjectNode choice = MAPPER.createObjectNode();
            choice.put("index", list.size());
            ObjectNode message = choice.putObject("message");
            message.put("role", "assistant");
            message.put("content", said.text());
            message.putNull("refusal");
            message.putArray("annotations");
            choice.putNull("logprobs");
            choice.put("finish_reason", said.finishReason());
            list.add(choice);
        }
        root.set("usage", usage(usage));
        root.put("service_tier", "default");
        root.put("system_fingerprint", fingerprint);
        return root;
    }

    /** A chunk that opens one of the texts, with its role. */
    public JsonNode roleChunk(int index, boolean withUsage) {
        ObjectNode delta = MAPPER.createObjectNode();
        delta.put("role", "assistant");
        delta.put("content", "");
        return chunk(index, delta, Optional.empty(), withUsage);
    }

    /** A chunk of one of the texts. */
    public JsonNode textChunk(int index, String text, boolean withUsage) {
        ObjectNode delta = MAPPER.createObjectNode();
        delta.put("content", text);
        return chunk(index, delta, Optional.empty(), withUsage);
    }

    /** The chunk that says why one of the texts ended. */
    public JsonNode endChunk(int index, String finishReason, boolean withUsage) {
        return chunk(index, MAPPER.createObjectNode(), Optional.of(finishReason), withUsage);
    }

    /** The last chunk where usage was asked for. */
    public JsonNode usageChunk(Usage usage) {
        ObjectNode root = head("chat.completion.chunk");
        root.put("system_fingerprint", fingerprint);
        root.putArray("choices");
        root.set("usage", usage(usage));
        return root;
    }

    private JsonNode chunk(int index, ObjectNode delta, Optional<String> finishReason, boolean withUsage) {
        ObjectNode root = head("chat.completion.chunk");
        root.put("system_fingerprint", fingerprint);
        ObjectNode choice = root.putArray("choices").addObject();
        choice.put("index", index);
        choice.set("delta", delta);
        choice.putNull("logprobs");
        choice.put("finish_reason", finishReason.orElse(null));
        if (withUsage) {
            root.putNull("usage");
        }
        return root;
    }

    /** A whole caption answer. */
    public JsonNode captions(List<CaptionResult> results, Usage usage) {
        ObjectNode root = head("caption");
        for (CaptionResult result : results) {
            ObjectNode entry = root.withArray("data").addObject();
            entry.put("index", result.index());
            entry.put("caption", result.caption());
            entry.put("finish_reason", result.finishReason());
        }
        root.set("usage", usage(usage));
        return root;
    }

    /** A piece of a caption. */
    public JsonNode captionChunk(int index, String text, Optional<String> finishReason) {
        ObjectNode root = head("caption.chunk");
        ObjectNode entry = root.putArray("data").addObject();
        entry.put("index", index);
        entry.put("caption", text);
        entry.put("finish_reason", finishReason.orElse(null));
        return root;
    }

    /** The last chunk of captions. */
    public JsonNode captionUsageChunk(Usage usage) {
        ObjectNode root = head("caption.chunk");
        root.putArray("data");
        root.set("usage", usage(usage));
        return root;
    }

    /** One caption. */
    public record CaptionResult(int index, String caption, String finishReason) {}

    private ObjectNode head(String object) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("id", id);
        root.put("object", object);
        root.put("created", created);
        root.put("model", model);
        return root;
    }

    static JsonNode usage(Usage usage) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("prompt_tokens", usage.promptTokens());
        node.put("completion_tokens", usage.completionTokens());
        node.put("total_tokens", usage.promptTokens() + usage.completionTokens());
        ObjectNode prompt = node.putObject("prompt_tokens_details");
        prompt.put("cached_tokens", usage.cachedTokens());
        prompt.put("audio_tokens", 0);
        prompt.put("image_tokens", usage.imageTokens());
        prompt.put("text_tokens", usage.promptTokens() - usage.imageTokens());
        ObjectNode completion = node.putObject("completion_tokens_details");
        completion.put("reasoning_tokens", 0);
        completion.put("audio_tokens", 0);
        completion.put("text_tokens", usage.completionTokens());
        completion.put("accepted_prediction_tokens", 0);
        completion.put("rejected_prediction_tokens", 0);
        return node;
    }

    /** OpenAI's error body. */
    public static JsonNode error(ApiException error) {
        ObjectNode root = MAPPER.createObjectNode();
        ObjectNode body = root.putObject("error");
        body.put("message", error.getMessage());
        body.put("type", error.type());
        body.put("param", error.param().orElse(null));
        body.put("code", error.code());
        return root;
    }

    /** The card of a model. */
    public static ObjectNode modelCard(String name, long created, int contextLength) {
        ObjectNode card = MAPPER.createObjectNode();
        card.put("id", name);
        card.put("object", "model");
        card.put("created", created);
        card.put("owned_by", "sharegpt4v");
        card.put("root", name);
        card.putNull("parent");
        card.put("max_model_len", contextLength);
        return card;
    }

    /** The JSON as bytes. */
    public static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is always written. This is a bug.", e);
        }
    }
}
