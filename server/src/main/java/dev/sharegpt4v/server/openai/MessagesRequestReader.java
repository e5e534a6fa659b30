package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.chat.Conversation;
import dev.sharegpt4v.models.chat.Role;
import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WireMessage;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WirePart;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads and checks the body of Anthropic's {@code /v1/messages}; every member is honoured, harmless, or refused by name.
 *
 * <p>Source: Anthropic's API reference, version 2023-06-01.
 */
public final class MessagesRequestReader {

    /** Members that change nothing here, whatever they hold. */
    private static final Set<String> HARMLESS = Set.of("metadata", "service_tier", "cache_control", "inference_geo");

    /** Members that are not served, beside what they may hold all the same. */
    private static final Set<String> UNSUPPORTED = Set.of("thinking", "mcp_servers", "container", "context_management");

    private static final Set<String> KNOWN = known();
    private static final int MOST_TOKENS = 1 << 24;

    private MessagesRequestReader() {}

    private static Set<String> known() {
        Set<String> names = new HashSet<>(SharedFields.NAMES);
        names.addAll(HARMLESS);
        names.addAll(UNSUPPORTED);
        names.addAll(Set.of(
                "model",
                "messages",
                "system",
                "max_tokens",
                "stop_sequences",
                "tools",
                "tool_choice",
                "output_config"));
        return Set.copyOf(names);
    }

    /**
     * Reads a body.
     *
     * @param defaults sampling values that stand where the request gives none
     * @param maxImages images allowed in one request
     */
    public static ChatCompletionRequest read(JsonNode body, GenerationDefaults defaults, int maxImages) {
        JsonFields fields = JsonFields.of(body, "");
        if (!fields.has("max_tokens")) {
            throw ApiException.missing("max_tokens");
        }
        return read(fields, defaults, maxImages);
    }

    /** Reads a body whose prompt is to be counted; nothing is to be said. */
    public static ChatCompletionRequest readForCount(JsonNode body, GenerationDefaults defaults, int maxImages) {
        return read(JsonFields.of(body, ""), defaults, maxImages);
    }

    private static ChatCompletionRequest read(JsonFields fields, GenerationDefaults defaults, int maxImages) {
        fields.allowOnly(KNOWN);
        refuse(fields);
        List<WireMessage> messages = new ArrayList<>(system(fields));
        messages.addAll(turns(fields));
        SharedFields.requireImages(messages, maxImages, "messages");
        Optional<Tools> tools = ForeignTools.ofMessages(fields);
        CompletionOptions options = ChatRequestReader.forced(options(fields, defaults), tools, Choices.Sampled.ONE);
        boolean prefilled = messages.getLast().role() == Role.ASSISTANT;
        return new ChatCompletionRequest(
                fields.text("model"),
                messages,
                prefilled ? Conversation.Ending.CONTINUED : Conversation.Ending.ANSWER,
                prefilled ? options.withDetail(options.detail().goingOn()) : options,
                Choices.Sampled.ONE,
                tools,
                Optional.empty());
    }

    private static void refuse(JsonFields fields) {
        for (String name : UNSUPPORTED) {
            if (fields.has(name) && !isHarmless(name, fields.raw(name))) {
                throw SharedFields.unsupported(name);
            }
        }
    }

    private static boolean isHarmless(String name, JsonNode value) {
        return switch (name) {
            case "mcp_servers" -> value.isArray() && value.isEmpty();
            case "thinking" -> value.path("type").asText("").equals("disabled");
            case "context_management" -> value.isObject() && value.isEmpty();
            default -> false;
        };
    }

    private static CompletionOptions options(JsonFields fields, GenerationDefaults defaults) {
        ObjectNode chat = SharedFields.of(fields);
        fields.integer("max_tokens", 1, MOST_TOKENS).ifPresent(most -> chat.put("max_tokens", most));
        if (fields.has("stop_sequences")) {
            if (fields.raw("stop_sequences").isTextual()) {
                throw ApiException.invalid("stop_sequences", "'stop_sequences' must be an array of strings.");
            }
            StopFields.read(fields, "stop_sequences").forEach(chat.putArray("stop")::add);
        }
        format(fields, chat);
        return CompletionFields.read(JsonFields.of(chat, ""), defaults);
    }

    /** The form of the text, as a chat request asks for it; {@link #named} gives errors their own paths back. */
    private static void format(JsonFields fields, ObjectNode chat) {
        if (!fields.has("output_config")) {
            return;
        }
        JsonFields output = fields.object("output_config");
        output.allowOnly(Set.of("format", "effort"));
        output.text("effort");
        if (!output.has("format")) {
            return;
        }
        JsonFields format = output.object("format");
        format.allowOnly(Set.of("type", "schema"));
        if (!SharedFields.required(format, "type").equals("json_schema")) {
            throw ApiException.invalid(format.param("type"), "'" + format.param("type") + "' must be 'json_schema'.");
        }
        format.object("schema");
        chat.putObject("response_format")
                .put("type", "json_schema")
                .putObject("json_schema")
                .put("name", "output")
                .set("schema", format.raw("schema"));
    }

    /** The same failure in the words of this route. */
    public static ApiException named(ApiException failure) {
        return failure.renamed(".function.parameters", ".input_schema")
                .renamed("response_format.json_schema", "output_config.format")
                .renamed("response_format", "output_config.format");
    }

    private static List<WireMessage> system(JsonFields fields) {
        if (!fields.has("system")) {
            return List.of();
        }
        if (fields.raw("system").isTextual()) {
            String text = fields.raw("system").textValue();
            return text.isEmpty() ? List.of() : List.of(message(Role.SYSTEM, List.of(new WirePart.Text(text))));
        }
        List<WirePart> parts = new ArrayList<>();
        for (JsonFields block : fields.objects("system")) {
            if (!block.text("type").orElse("").equals("text")) {
                throw ApiException.invalid(block.param("type"), "A system text has blocks of type 'text' only.");
            }
            parts.add(text(block));
        }
        return parts.isEmpty() ? List.of() : List.of(message(Role.SYSTEM, parts));
    }

    /** The turns; messages of one role that follow each other are one turn, as at Anthropic. */
    private static List<WireMessage> turns(JsonFields fields) {
        List<WireMessage> turns = new ArrayList<>();
        Map<String, String> called = new HashMap<>();
        for (JsonFields message : fields.objects("messages")) {
            message.allowOnly(Set.of("role", "content"));
            Role role = role(message);
            List<WirePart> parts = new ArrayList<>();
            if (!turns.isEmpty() && turns.getLast().role() == role) {
                parts.addAll(turns.removeLast().parts());
            }
            parts.addAll(content(message, role, called));
            turns.add(message(role, parts));
        }
        if (turns.isEmpty()) {
            throw ApiException.badRequest("empty_array", "messages", "'messages' must hold at least one message.");
        }
        return turns;
    }

    private static WireMessage message(Role role, List<WirePart> parts) {
        return new WireMessage(role, parts);
    }

    private static Role role(JsonFields message) {
        String role = SharedFields.required(message, "role");
        return switch (role) {
            case "user" -> Role.USER;
            case "assistant" -> Role.ASSISTANT;
            default ->
                throw ApiException.invalid(
                        message.param("role"),
                        "Invalid value: '" + role + "'. The roles are 'user' and 'assistant'; a system text goes into"
                                + " 'system'.");
        };
    }

    /**
     * The parts of a message.
     *
     * @param called the names of the functions that were called before, by the ids of the calls
     */
    private static List<WirePart> content(JsonFields message, Role role, Map<String, String> called) {
        if (message.raw("content").isTextual()) {
            return List.of(new WirePart.Text(message.raw("content").textValue()));
        }
        List<WirePart> parts = new ArrayList<>();
        List<ToolCall> calls = new ArrayList<>();
        for (JsonFields block : message.objects("content")) {
            String type = SharedFields.required(block, "type");
            switch (type) {
                case "text" -> parts.add(text(block));
                case "image" -> parts.add(image(block));
                case "tool_use" -> calls.add(call(block, role, called));
                case "tool_result" -> parts.add(new WirePart.Text(result(block, role, called)));
                default ->
                    throw ApiException.badRequest(
                            "unsupported_parameter",
                            block.param("type"),
                            "Blocks of type '" + type + "' are not supported by this server.");
            }
        }
        if (!calls.isEmpty()) {
            parts.add(new WirePart.Text(ToolText.calls(calls)));
        }
        if (parts.isEmpty()) {
            throw ApiException.badRequest(
                    "empty_array", message.param("content"), "'" + message.param("content") + "' must not be empty.");
        }
        return parts;
    }

    private static ToolCall call(JsonFields block, Role role, Map<String, String> called) {
        block.allowOnly(Set.of("type", "id", "name", "input", "cache_control"));
        if (role != Role.ASSISTANT) {
            throw ApiException.invalid(block.param("type"), "Only the assistant's messages have blocks 'tool_use'.");
        }
        String id = SharedFields.required(block, "id");
        String name = SharedFields.required(block, "name");
        block.object("input");
        called.put(id, name);
        return new ToolCall(id, name, block.raw("input").toString());
    }

    private static String result(JsonFields block, Role role, Map<String, String> called) {
        block.allowOnly(Set.of("type", "tool_use_id", "content", "is_error", "cache_control"));
        if (role != Role.USER) {
            throw ApiException.invalid(block.param("type"), "Only the user's messages have blocks 'tool_result'.");
        }
        String id = SharedFields.required(block, "tool_use_id");
        String name = called.get(id);
        if (name == null) {
            throw ApiException.invalid(
                    block.param("tool_use_id"), "There is no call of the id '" + id + "' in the messages before.");
        }
        boolean failed = block.bool("is_error").orElse(false);
        return ToolText.result(name, (failed ? "Error: " : "") + resultText(block));
    }

    private static String resultText(JsonFields block) {
        if (!block.has("content")) {
            return "";
        }
        if (block.raw("content").isTextual()) {
            return block.raw("content").textValue();
        }
        List<String> texts = new ArrayList<>();
        for (JsonFields part : block.objects("content")) {
            if (!SharedFields.required(part, "type").equals("text")) {
                throw ApiException.badRequest(
                        "unsupported_parameter", part.param("type"), "Results of calls hold text only.");
            }
            texts.add(text(part).text());
        }
        return String.join("\n", texts);
    }

    private static WirePart.Text text(JsonFields block) {
        block.allowOnly(Set.of("type", "text", "cache_control", "citations"));
        return new WirePart.Text(SharedFields.required(block, "text"));
    }

    private static WirePart image(JsonFields block) {
        block.allowOnly(Set.of("type", "source", "cache_control"));
        JsonFields source = block.object("source");
        String type = SharedFields.required(source, "type");
        return switch (type) {
            case "base64" -> {
                source.allowOnly(Set.of("type", "media_type", "data"));
                String media = SharedFields.required(source, "media_type");
                if (!media.matches("image/[a-z0-9.+-]{1,40}")) {
                    throw ApiException.invalid(
                            source.param("media_type"), "'media_type' must be that of an image, as 'image/jpeg'.");
                }
                String data = SharedFields.required(source, "data");
                yield WirePart.ImageUrl.of("data:" + media + ";base64," + data, source.param("data"));
            }
            case "url" -> {
                source.allowOnly(Set.of("type", "url"));
                String url = SharedFields.required(source, "url");
                yield WirePart.ImageUrl.of(url, source.param("url"));
            }
            default ->
                throw ApiException.invalid(
                        source.param("type"),
                        "Invalid value: '" + type + "'. Supported sources are 'base64' and 'url'.");
        };
    }
}
