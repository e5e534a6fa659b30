package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.runtime.engine.Usage;
import java.util.List;
import java.util.Optional;

/** One chunk of a streamed chat completion, member by member. */
public final class ChatChunk {

    private static final JsonMapper JSON = new JsonMapper();

    private final ObjectNode root;
    private final int index;
    private final boolean olderCalls;
    private final ObjectNode delta = JSON.createObjectNode();
    private JsonNode logprobs = JSON.nullNode();
    private Optional<String> finishReason = Optional.empty();
    private Optional<List<Integer>> tokenIds = Optional.empty();
    private Optional<JsonNode> usage = Optional.empty();
    private PromptReport prompt = PromptReport.NONE;

    /** An empty chunk of the choice of an index; {@code root} has the members that all chunks of an answer share. */
    ChatChunk(ObjectNode root, int index, boolean olderCalls) {
        this.root = root;
        this.index = index;
        this.olderCalls = olderCalls;
    }

    /** The assistant's turn begins; with words, or with calls alone. */
    public ChatChunk role(boolean words) {
        delta.put("role", "assistant");
        delta.put("content", words ? "" : null);
        return this;
    }

    /** More words. */
    public ChatChunk text(String words) {
        delta.put("content", words);
        return this;
    }

    /** A call begins. */
    public ChatChunk call(int call, String id, String name) {
        ObjectNode entry = delta.withArray("tool_calls").addObject();
        entry.put("index", call);
        entry.put("id", id);
        entry.put("type", "function");
        entry.putObject("function").put("name", name).put("arguments", "");
        return this;
    }

    /** More of a call's arguments. */
    public ChatChunk arguments(int call, String piece) {
        ObjectNode entry = delta.withArray("tool_calls").addObject();
        entry.put("index", call);
        entry.putObject("function").put("arguments", piece);
        return this;
    }

    /** How likely its tokens were. */
    public ChatChunk logprobs(JsonNode found) {
        logprobs = found;
        return this;
    }

    /** The ids that were said since the chunk before. */
    public ChatChunk tokenIds(List<Integer> ids) {
        tokenIds = Optional.of(ids);
        return this;
    }

    /** What is told of the prompt. */
    public ChatChunk prompt(PromptReport report) {
        prompt = report;
        return this;
    }

    /** Why the choice ended. */
    public ChatChunk end(String reason) {
        finishReason = Optional.of(reason);
        return this;
    }

    /** Usage comes in a chunk of its own, later. */
    public ChatChunk usageLater() {
        usage = Optional.of(JSON.nullNode());
        return this;
    }

    /** The usage so far. */
    public ChatChunk usage(Usage soFar) {
        usage = Optional.of(WireWriter.usage(soFar));
        return this;
    }

    /** The chunk, whole. */
    public JsonNode json() {
        ObjectNode choice = root.putArray("choices").addObject();
        choice.put("index", index);
        if (olderCalls) {
            OlderCalls.make(delta);
        }
        choice.set("delta", delta);
        choice.set("logprobs", logprobs);
        choice.put(
                "finish_reason",
                finishReason
                        .map(reason -> olderCalls ? OlderCalls.reason(reason) : reason)
                        .orElse(null));
        tokenIds.ifPresent(ids -> {
            ArrayNode list = choice.putArray("token_ids");
            ids.forEach(list::add);
        });
        usage.ifPresent(told -> root.set("usage", told));
        prompt.addTo(root);
        return root;
    }
}
