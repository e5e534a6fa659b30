package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/** Reads the functions of requests in other shapes than that of chats, whose rules hold for them. */
final class ForeignTools {

    private static final JsonMapper JSON = new JsonMapper();

    private ForeignTools() {}

    /** Those of Anthropic's messages. */
    static Optional<Tools> ofMessages(JsonFields fields) {
        ObjectNode chat = JSON.createObjectNode();
        if (fields.has("tools")) {
            ArrayNode tools = chat.putArray("tools");
            for (JsonFields tool : fields.objects("tools")) {
                tool.allowOnly(Set.of("name", "description", "input_schema", "type", "cache_control"));
                requireType(tool, "custom");
                tool.object("input_schema");
                add(tools, tool, "input_schema");
            }
        }
        if (fields.has("tool_choice")) {
            JsonFields choice = fields.object("tool_choice");
            choice.allowOnly(Set.of("type", "name", "disable_parallel_tool_use"));
            choose(chat, choice, SharedFields.required(choice, "type"));
        }
        return read(chat, "input_schema");
    }

    private static void choose(ObjectNode chat, JsonFields choice, String type) {
        switch (type) {
            case "auto", "none" -> chat.put("tool_choice", type);
            case "any" -> chat.put("tool_choice", "required");
            case "tool" ->
                chat.putObject("tool_choice")
                        .put("type", "function")
                        .putObject("function")
                        .put("name", SharedFields.required(choice, "name"));
            default ->
                throw ApiException.invalid(
                        choice.param("type"), "'tool_choice.type' must be 'auto', 'any', 'tool' or 'none'.");
        }
        chat.put(
                "parallel_tool_calls", !choice.bool("disable_parallel_tool_use").orElse(false));
    }

    /** Those of responses. */
    static Optional<Tools> ofResponses(JsonFields fields) {
        ObjectNode chat = JSON.createObjectNode();
        if (fields.has("tools")) {
            ArrayNode tools = chat.putArray("tools");
            for (JsonFields tool : fields.objects("tools")) {
                requireType(tool, "function");
                tool.allowOnly(Set.of("type", "name", "description", "parameters", "strict"));
                tool.bool("strict");
                add(tools, tool, "parameters");
            }
        }
        if (fields.has("tool_choice")) {
            chat.set("tool_choice", choice(fields));
        }
        fields.bool("parallel_tool_calls").ifPresent(several -> chat.put("parallel_tool_calls", several));
        return read(chat, "parameters");
    }

    private static JsonNode choice(JsonFields fields) {
        if (fields.raw("tool_choice").isTextual()) {
            return fields.raw("tool_choice");
        }
        JsonFields choice = fields.object("tool_choice");
        String type = SharedFields.required(choice, "type");
        ObjectNode chat = JSON.createObjectNode().put("type", type);
        switch (type) {
            case "function" -> chat.putObject("function").put("name", SharedFields.required(choice, "name"));
            case "allowed_tools" -> {
                ObjectNode allowed = chat.putObject("allowed_tools");
                allowed.put("mode", SharedFields.required(choice, "mode"));
                ArrayNode tools = allowed.putArray("tools");
                for (JsonFields tool : choice.objects("tools")) {
                    tools.addObject()
                            .put("type", SharedFields.required(tool, "type"))
                            .putObject("function")
                            .put("name", SharedFields.required(tool, "name"));
                }
            }
            default -> throw SharedFields.unsupported("tool_choice");
        }
        return chat;
    }

    private static void requireType(JsonFields tool, String type) {
        String found = tool.text("type").orElse(type);
        if (!found.equals(type)) {
            throw ApiException.badRequest(
                    "unsupported_parameter",
                    tool.param("type"),
                    "Unsupported tool: '" + found + "'. Only functions of the caller's own can be called.");
        }
    }

    private static void add(ArrayNode tools, JsonFields tool, String schema) {
        ObjectNode function = tools.addObject().put("type", "function").putObject("function");
        function.put("name", SharedFields.required(tool, "name"));
        tool.text("description").ifPresent(text -> function.put("description", text));
        if (tool.has(schema)) {
            tool.object(schema);
            function.set("parameters", tool.raw(schema));
        }
    }

    private static Optional<Tools> read(ObjectNode chat, String schema) {
        try {
            return ToolFields.read(JsonFields.of(chat, ""));
        } catch (ApiException e) {
            throw e.renamed(".function.parameters", "." + schema).renamed(".function", "");
        }
    }
}
