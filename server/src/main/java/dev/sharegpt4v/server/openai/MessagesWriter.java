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
 * Builds answers, events and errors in Anthropic's shape.
 *
 * @param id of the message
 * @param model the served name
 */
public record MessagesWriter(String id, String model) {

    private static final JsonMapper MAPPER = new JsonMapper();

    /**
     * Why a message ended.
     *
     * @param reason in Anthropic's words
     * @param stopSequence the caller's stop string that was met
     */
    public record End(String reason, Optional<String> stopSequence) {

        /** From our own words for it. */
        public static End of(String finishReason, Optional<String> stopSequence) {
            return switch (finishReason) {
                case "length", "timeout" -> new End("max_tokens", Optional.empty());
                case "tool_calls" -> new End("tool_use", Optional.empty());
                default -> new End(stopSequence.isPresent() ? "stop_sequence" : "end_turn", stopSequence);
            };
        }
    }

    /** A whole answer; without calls there is always a text. */
    public JsonNode message(String text, List<ToolCall> calls, End end, Usage usage) {
        ObjectNode root = head();
        ArrayNode content = root.putArray("content");
        if (!text.isEmpty() || calls.isEmpty()) {
            content.add(textBlock(text));
        }
        for (ToolCall call : calls) {
            ObjectNode block = callBlock(call.id(), call.name());
            block.set("input", input(call.arguments()));
            content.add(block);
        }
        root.put("stop_reason", end.reason());
        root.put("stop_sequence", end.stopSequence().orElse(null));
        root.set("usage", usage(usage));
        return root;
    }

    /** Arguments that were cut off are no object. */
    private static JsonNode input(String arguments) {
        try {
            JsonNode input = MAPPER.readTree(arguments);
            return input.isObject() ? input : MAPPER.createObjectNode();
        } catch (JsonProcessingException e) {
            return MAPPER.createObjectNode();
        }
    }

    /** What a stream begins with. */
    public JsonNode start(Usage usage) {
        ObjectNode event = event("message_start");
        ObjectNode message = head();
        message.putArray("content");
        message.putNull("stop_reason");
        message.putNull("stop_sequence");
        message.set("usage", usage(usage));
        event.set("message", message);
        return event;
    }

    /** Says that a text begins. */
    public JsonNode textStart(int index) {
        ObjectNode event = event("content_block_start").put("index", index);
        event.set("content_block", textBlock(""));
        return event;
    }

    /** Says that a call begins. */
    public JsonNode callStart(int index, String id, String name) {
        ObjectNode event = event("content_block_start").put("index", index);
        ObjectNode block = callBlock(id, name);
        block.putObject("input");
        event.set("content_block", block);
        return event;
    }

    public JsonNode ping() {
        return event("ping");
    }

    /** A piece of a text. */
    public JsonNode delta(int index, String text) {
        ObjectNode event = event("content_block_delta").put("index", index);
        event.putObject("delta").put("type", "text_delta").put("text", text);
        return event;
    }

    /** A piece of a call's arguments. */
    public JsonNode arguments(int index, String piece) {
        ObjectNode event = event("content_block_delta").put("index", index);
        event.putObject("delta").put("type", "input_json_delta").put("partial_json", piece);
        return event;
    }

    public JsonNode blockStop(int index) {
        return event("content_block_stop").put("index", index);
    }

    /** Why it ended, and what it took. */
    public JsonNode end(End end, Usage usage) {
        ObjectNode event = event("message_delta");
        event.putObject("delta")
                .put("stop_reason", end.reason())
                .put("stop_sequence", end.stopSequence().orElse(null));
        event.set("usage", usage(usage));
        return event;
    }

    public JsonNode stop() {
        return event("message_stop");
    }

    /** How long a prompt is. */
    public static JsonNode count(int tokens) {
        return MAPPER.createObjectNode().put("input_tokens", tokens);
    }

    /** Anthropic's error body; the same in a stream. */
    public static JsonNode error(ApiException error, String requestId) {
        ObjectNode root = event("error");
        root.putObject("error").put("type", errorType(error.status())).put("message", message(error));
        root.put("request_id", requestId);
        return root;
    }

    /** There is no place for the field at fault but the message. */
    private static String message(ApiException error) {
        String said = String.valueOf(error.getMessage());
        return error.param()
                .filter(param -> !said.contains(param))
                .map(param -> param + ": " + said)
                .orElse(said);
    }

    private static String errorType(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503, 529 -> "overloaded_error";
            case 504 -> "timeout_error";
            default -> status >= 500 ? "api_error" : "invalid_request_error";
        };
    }

    private ObjectNode head() {
        return MAPPER.createObjectNode()
                .put("id", id)
                .put("type", "message")
                .put("role", "assistant")
                .put("model", model);
    }

    private static ObjectNode event(String type) {
        return MAPPER.createObjectNode().put("type", type);
    }

    private static ObjectNode callBlock(String id, String name) {
        return MAPPER.createObjectNode().put("type", "tool_use").put("id", id).put("name", name);
    }

    private static ObjectNode textBlock(String text) {
        return MAPPER.createObjectNode().put("type", "text").put("text", text);
    }

    /** Input is counted in parts that add up: what was computed, and what was found in the cache. */
    private static ObjectNode usage(Usage usage) {
        return MAPPER.createObjectNode()
                .put("input_tokens", usage.promptTokens() - usage.cachedTokens())
                .put("cache_creation_input_tokens", 0)
                .put("cache_read_input_tokens", usage.cachedTokens())
                .put("output_tokens", usage.completionTokens());
    }
}
