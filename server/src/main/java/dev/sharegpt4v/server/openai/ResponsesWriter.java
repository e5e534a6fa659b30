package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.runtime.engine.Usage;

/**
 * Builds responses and their events, which are numbered as they are built; for one stream.
 *
 * <p>Source: OpenAI's description of {@code /responses}, version 2.3.0.
 */
public final class ResponsesWriter {

    private static final JsonMapper MAPPER = new JsonMapper();

    private final WireWriter head;
    private final String itemId;
    private final ObjectNode echoed;
    private int events;

    /**
     * A writer of one response.
     *
     * @param head id, time and model
     * @param itemId of its message
     * @param echoed members of the request that it repeats
     */
    public ResponsesWriter(WireWriter head, String itemId, ObjectNode echoed) {
        this.head = head;
        this.itemId = itemId;
        this.echoed = echoed;
    }

    /** A whole response. */
    public JsonNode response(String text, String finishReason, Usage usage, long completedAt) {
        boolean complete = isComplete(finishReason);
        ObjectNode root = root(complete ? "completed" : "incomplete");
        if (complete) {
            root.put("completed_at", completedAt);
        } else {
            root.putObject("incomplete_details").put("reason", "max_output_tokens");
        }
        root.putArray("output").add(item(text, complete ? "completed" : "incomplete"));
        root.set("usage", usage(usage));
        return root;
    }

    private static boolean isComplete(String finishReason) {
        return !finishReason.equals("length") && !finishReason.equals("timeout");
    }

    public JsonNode created() {
        return withResponse("response.created", root("in_progress"));
    }

    public JsonNode inProgress() {
        return withResponse("response.in_progress", root("in_progress"));
    }

    public JsonNode itemAdded() {
        ObjectNode event = event("response.output_item.added").put("output_index", 0);
        ObjectNode item = head(itemId, "in_progress");
        item.putArray("content");
        event.set("item", item);
        return event;
    }

    public JsonNode partAdded() {
        ObjectNode event = place(event("response.content_part.added"));
        event.set("part", part(""));
        return event;
    }

    public JsonNode delta(String text) {
        ObjectNode event = place(event("response.output_text.delta")).put("delta", text);
        event.putArray("logprobs");
        return event;
    }

    public JsonNode textDone(String text) {
        ObjectNode event = place(event("response.output_text.done")).put("text", text);
        event.putArray("logprobs");
        return event;
    }

    public JsonNode partDone(String text) {
        ObjectNode event = place(event("response.content_part.done"));
        event.set("part", part(text));
        return event;
    }

    public JsonNode itemDone(String text, String finishReason) {
        ObjectNode event = event("response.output_item.done").put("output_index", 0);
        event.set("item", item(text, isComplete(finishReason) ? "completed" : "incomplete"));
        return event;
    }

    /** The last event: the whole response. */
    public JsonNode ended(String text, String finishReason, Usage usage, long completedAt) {
        String type = isComplete(finishReason) ? "response.completed" : "response.incomplete";
        return withResponse(type, response(text, finishReason, usage, completedAt));
    }

    /** The last event of a response that could not be brought to its end. */
    public JsonNode failed(ApiException error) {
        ObjectNode root = root("failed");
        root.putObject("error").put("code", "server_error").put("message", error.getMessage());
        return withResponse("response.failed", root);
    }

    private ObjectNode root(String status) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("id", head.id());
        root.put("object", "response");
        root.put("created_at", head.created());
        root.put("status", status);
        root.putNull("completed_at");
        root.put("background", false);
        root.putNull("error");
        root.putNull("incomplete_details");
        root.put("model", head.model());
        root.putArray("output");
        root.putNull("previous_response_id");
        root.put("service_tier", "default");
        root.put("store", false);
        root.put("top_logprobs", 0);
        root.putNull("max_tool_calls");
        root.setAll(echoed);
        return root;
    }

    private ObjectNode item(String text, String status) {
        ObjectNode item = head(itemId, status);
        item.putArray("content").add(part(text));
        return item;
    }

    private static ObjectNode head(String id, String status) {
        return MAPPER.createObjectNode()
                .put("id", id)
                .put("type", "message")
                .put("status", status)
                .put("role", "assistant");
    }

    private static ObjectNode part(String text) {
        ObjectNode part = MAPPER.createObjectNode().put("type", "output_text");
        part.putArray("annotations");
        part.putArray("logprobs");
        part.put("text", text);
        return part;
    }

    private ObjectNode withResponse(String type, JsonNode response) {
        ObjectNode event = event(type);
        event.set("response", response);
        return event;
    }

    private ObjectNode event(String type) {
        return MAPPER.createObjectNode().put("type", type).put("sequence_number", events++);
    }

    private ObjectNode place(ObjectNode event) {
        return event.put("item_id", itemId).put("output_index", 0).put("content_index", 0);
    }

    private static JsonNode usage(Usage usage) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("input_tokens", usage.promptTokens());
        node.putObject("input_tokens_details")
                .put("cached_tokens", usage.cachedTokens())
                .put("cache_write_tokens", 0)
                .put("image_tokens", usage.imageTokens());
        node.put("output_tokens", usage.completionTokens());
        node.putObject("output_tokens_details").put("reasoning_tokens", 0);
        node.put("total_tokens", usage.promptTokens() + usage.completionTokens());
        return node;
    }
}
