package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.runtime.engine.Usage;
import java.util.List;

/**
 * Builds responses and their events, which are numbered as they are built; for one stream.
 *
 * <p>Source: OpenAI's description of {@code /responses}, version 2.3.0.
 */
public final class ResponsesWriter {

    private static final JsonMapper MAPPER = new JsonMapper();

    private final WireWriter head;
    private final ObjectNode echoed;
    private int events;

    /**
     * A writer of one response.
     *
     * @param head id, time and model
     * @param echoed members of the request that it repeats
     */
    public ResponsesWriter(WireWriter head, ObjectNode echoed) {
        this.head = head;
        this.echoed = echoed;
    }

    /** A whole response. */
    public JsonNode response(List<JsonNode> output, String finishReason, Usage usage, long completedAt) {
        ObjectNode root = root(status(finishReason));
        if (isComplete(finishReason)) {
            root.put("completed_at", completedAt);
        } else {
            root.putObject("incomplete_details").put("reason", "max_output_tokens");
        }
        output.forEach(root.putArray("output")::add);
        root.set("usage", usage(usage));
        return root;
    }

    /** How a response or an item stands that ended for this reason. */
    public static String status(String finishReason) {
        return isComplete(finishReason) ? "completed" : "incomplete";
    }

    /** A message of the assistant's. */
    public static JsonNode message(String id, String text, String status) {
        ObjectNode item = messageHead(id, status);
        item.putArray("content").add(part(text));
        return item;
    }

    /** A message that has nothing yet. */
    public static JsonNode emptyMessage(String id) {
        ObjectNode item = messageHead(id, "in_progress");
        item.putArray("content");
        return item;
    }

    /** A call of a function. */
    public static JsonNode call(String id, ToolCall call, String status) {
        return MAPPER.createObjectNode()
                .put("id", id)
                .put("type", "function_call")
                .put("status", status)
                .put("call_id", call.id())
                .put("name", call.name())
                .put("arguments", call.arguments());
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

    public JsonNode itemAdded(int index, JsonNode item) {
        ObjectNode event = event("response.output_item.added").put("output_index", index);
        event.set("item", item);
        return event;
    }

    public JsonNode partAdded(int index, String id) {
        ObjectNode event = inText("response.content_part.added", index, id);
        event.set("part", part(""));
        return event;
    }

    public JsonNode delta(int index, String id, String text) {
        ObjectNode event = inText("response.output_text.delta", index, id).put("delta", text);
        event.putArray("logprobs");
        return event;
    }

    public JsonNode textDone(int index, String id, String text) {
        ObjectNode event = inText("response.output_text.done", index, id).put("text", text);
        event.putArray("logprobs");
        return event;
    }

    public JsonNode partDone(int index, String id, String text) {
        ObjectNode event = inText("response.content_part.done", index, id);
        event.set("part", part(text));
        return event;
    }

    public JsonNode arguments(int index, String id, String piece) {
        return in("response.function_call_arguments.delta", index, id).put("delta", piece);
    }

    public JsonNode argumentsDone(int index, String id, ToolCall call) {
        return in("response.function_call_arguments.done", index, id)
                .put("name", call.name())
                .put("arguments", call.arguments());
    }

    public JsonNode itemDone(int index, JsonNode item) {
        ObjectNode event = event("response.output_item.done").put("output_index", index);
        event.set("item", item);
        return event;
    }

    /** The last event: the whole response. */
    public JsonNode ended(List<JsonNode> output, String finishReason, Usage usage, long completedAt) {
        String type = isComplete(finishReason) ? "response.completed" : "response.incomplete";
        return withResponse(type, response(output, finishReason, usage, completedAt));
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

    private static ObjectNode messageHead(String id, String status) {
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

    private ObjectNode in(String type, int index, String id) {
        return event(type).put("item_id", id).put("output_index", index);
    }

    private ObjectNode inText(String type, int index, String id) {
        return in(type, index, id).put("content_index", 0);
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
