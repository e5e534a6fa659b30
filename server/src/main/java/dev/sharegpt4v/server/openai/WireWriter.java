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
 * @param olderCalls whether calls are told in the form that came before tools
 */
public record WireWriter(String id, long created, String model, String fingerprint, boolean olderCalls) {

    private static final JsonMapper MAPPER = new JsonMapper();

    /** A writer that tells of calls as tools. */
    public WireWriter(String id, long created, String model, String fingerprint) {
        this(id, created, model, fingerprint, false);
    }

    /** The same, and calls in the form that came before tools where they are asked for in it. */
    public WireWriter with(boolean older) {
        return new WireWriter(id, created, model, fingerprint, older);
    }

    /**
     * One text of a chat completion.
     *
     * @param text said
     * @param finishReason why it ended
     * @param logprobs of its tokens, where they are told
     * @param tokenIds of its tokens, where they are told
     * @param calls of tools; with any, no text at all is null
     */
    public record Choice(
            String text,
            String finishReason,
            Optional<JsonNode> logprobs,
            Optional<List<Integer>> tokenIds,
            List<ToolCall> calls) {

        public Choice {
            calls = List.copyOf(calls);
        }

        /** Words alone. */
        public Choice(String text, String finishReason) {
            this(text, finishReason, Optional.empty(), Optional.empty(), List.of());
        }
    }

    /** A whole chat completion. */
    public JsonNode completion(List<Choice> choices, Usage usage) {
        return completion(choices, usage, PromptReport.NONE);
    }

    /** A whole chat completion that tells of its prompt. */
    public JsonNode completion(List<Choice> choices, Usage usage, PromptReport prompt) {
        ObjectNode root = head("chat.completion");
        ArrayNode list = root.putArray("choices");
        for (Choice said : choices) {
            ObjectNode choice = MAPPER.createObjectNode();
            choice.put("index", list.size());
            choice.set("message", message(said));
            choice.set("logprobs", said.logprobs().orElse(MAPPER.nullNode()));
            choice.put("finish_reason", olderCalls ? OlderCalls.reason(said.finishReason()) : said.finishReason());
            said.tokenIds().ifPresent(ids -> ids.forEach(choice.putArray("token_ids")::add));
            list.add(choice);
        }
        root.set("usage", usage(usage));
        root.put("service_tier", "default");
        root.put("system_fingerprint", fingerprint);
        prompt.addTo(root);
        return root;
    }

    private ObjectNode message(Choice said) {
        ObjectNode message = MAPPER.createObjectNode();
        message.put("role", "assistant");
        message.put("content", said.text().isEmpty() && !said.calls().isEmpty() ? null : said.text());
        message.putNull("refusal");
        message.putArray("annotations");
        for (ToolCall call : said.calls()) {
            ObjectNode entry = message.withArray("tool_calls").addObject();
            entry.put("id", call.id());
            entry.put("type", "function");
            entry.putObject("function").put("name", call.name()).put("arguments", call.arguments());
        }
        if (olderCalls) {
            OlderCalls.make(message);
        }
        return message;
    }

    /** An empty chunk of one of the texts. */
    public ChatChunk chunk(int index) {
        ObjectNode root = head("chat.completion.chunk");
        root.put("system_fingerprint", fingerprint);
        return new ChatChunk(root, index, olderCalls);
    }

    /** The last chunk where usage was asked for. */
    public JsonNode usageChunk(Usage usage) {
        ObjectNode root = head("chat.completion.chunk");
        root.put("system_fingerprint", fingerprint);
        root.putArray("choices");
        root.set("usage", usage(usage));
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
