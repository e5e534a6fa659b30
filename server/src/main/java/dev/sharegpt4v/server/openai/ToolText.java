package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How functions, calls and results stand in a prompt. The family was not trained to call functions, so the form is ours: a
 * call is an answer that is a JSON object with {@code name} and {@code arguments}, or an array of such objects.
 */
public final class ToolText {

    private static final JsonMapper JSON = new JsonMapper();

    private ToolText() {}

    /** What the system message says of the functions. */
    public static String instructions(Tools tools) {
        String functions = tools.functions().stream().map(ToolText::function).collect(Collectors.joining("\n"));
        return "The assistant can call functions. To call one, it answers with nothing but a JSON object: "
                + "{\"name\": \"the function\", \"arguments\": {\"parameter\": \"value\"}}. These are the functions:\n"
                + functions;
    }

    private static String function(ToolFunction function) {
        ObjectNode node = JSON.createObjectNode().put("name", function.name());
        if (!function.description().isEmpty()) {
            node.put("description", function.description());
        }
        node.set("parameters", function.parameters());
        return write(node);
    }

    /** Calls as the assistant says them. */
    static String calls(List<ToolCall> calls) {
        String all = calls.stream().map(ToolText::call).collect(Collectors.joining(", "));
        return calls.size() == 1 ? all : "[" + all + "]";
    }

    private static String call(ToolCall call) {
        return "{\"name\": " + write(JSON.getNodeFactory().textNode(call.name())) + ", \"arguments\": "
                + arguments(call.arguments()) + "}";
    }

    private static String arguments(String text) {
        try {
            JsonNode node = JSON.readTree(text);
            return node.isObject() ? text.strip() : write(JSON.getNodeFactory().textNode(text));
        } catch (JsonProcessingException e) {
            return write(JSON.getNodeFactory().textNode(text));
        }
    }

    static String result(String name, String content) {
        return "Result of " + name + ": " + content;
    }

    private static String write(JsonNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is always written. This is a bug.", e);
        }
    }
}
