package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code tools}, {@code tool_choice} and {@code parallel_tool_calls}. */
final class ToolFields {

    private static final int MOST_TOOLS = 128;
    private static final String NAME = "[A-Za-z0-9_-]{1,64}";

    private ToolFields() {}

    /** The functions that the model is told of; none where it may call none. */
    static Optional<Tools> read(JsonFields fields) {
        List<ToolFunction> functions = functions(fields);
        boolean several = fields.bool("parallel_tool_calls").orElse(false);
        JsonNode choice = fields.raw("tool_choice");
        if (functions.isEmpty()) {
            requireNoChoice(fields, choice);
            return Optional.empty();
        }
        if (!fields.has("tool_choice")) {
            return Optional.of(new Tools(functions, Tools.Mode.AUTO, Optional.empty(), several));
        }
        if (choice.isTextual()) {
            return switch (choice.textValue()) {
                case "none" -> Optional.empty();
                case "auto" -> Optional.of(new Tools(functions, Tools.Mode.AUTO, Optional.empty(), several));
                case "required" -> Optional.of(new Tools(functions, Tools.Mode.REQUIRED, Optional.empty(), several));
                default -> throw badChoice("tool_choice", choice.textValue());
            };
        }
        return Optional.of(chosen(fields.object("tool_choice"), functions, several));
    }

    private static void requireNoChoice(JsonFields fields, JsonNode choice) {
        if (fields.has("tool_choice")
                && !choice.asText("").equals("none")
                && !choice.asText("").equals("auto")) {
            if (choice.isTextual() && !choice.textValue().equals("required")) {
                throw badChoice("tool_choice", choice.textValue());
            }
            if (!choice.isTextual()) {
                fields.object("tool_choice");
            }
            throw ApiException.invalid("tool_choice", "'tool_choice' needs 'tools'.");
        }
    }

    private static Tools chosen(JsonFields choice, List<ToolFunction> functions, boolean several) {
        return switch (choice.requiredText("type")) {
            case "function" -> {
                choice.allowOnly(Set.of("type", "function"));
                String name = name(choice.object("function"), functions);
                yield new Tools(functions, Tools.Mode.REQUIRED, Optional.of(name), several);
            }
            case "allowed_tools" -> {
                choice.allowOnly(Set.of("type", "allowed_tools"));
                yield allowed(choice.object("allowed_tools"), functions, several);
            }
            default -> throw badChoice(choice.param("type"), choice.raw("type").asText());
        };
    }

    private static Tools allowed(JsonFields allowed, List<ToolFunction> functions, boolean several) {
        allowed.allowOnly(Set.of("mode", "tools"));
        FieldCheck.oneOf("auto", "required").of(allowed.requiring("mode"), "mode");
        Set<String> names = new HashSet<>();
        for (JsonFields tool : allowed.objects("tools")) {
            FieldCheck.oneOf("function").of(tool.requiring("type"), "type");
            names.add(name(tool.object("function"), functions));
        }
        if (names.isEmpty()) {
            throw ApiException.badRequest(
                    "empty_array", allowed.param("tools"), "'" + allowed.param("tools") + "' must not be empty.");
        }
        Tools.Mode mode = allowed.requiredText("mode").equals("auto") ? Tools.Mode.AUTO : Tools.Mode.REQUIRED;
        List<ToolFunction> left = functions.stream()
                .filter(function -> names.contains(function.name()))
                .toList();
        return new Tools(left, mode, Optional.empty(), several);
    }

    private static String name(JsonFields function, List<ToolFunction> functions) {
        String name = function.requiredText("name");
        if (functions.stream().noneMatch(known -> known.name().equals(name))) {
            throw ApiException.invalid(function.param("name"), "There is no function '" + name + "' in 'tools'.");
        }
        return name;
    }

    private static ApiException badChoice(String param, String value) {
        return ApiException.invalid(
                param,
                "Invalid value: '" + value
                        + "'. 'tool_choice' is 'none', 'auto', 'required', a function or 'allowed_tools'.");
    }

    private static List<ToolFunction> functions(JsonFields fields) {
        if (!fields.has("tools")) {
            return List.of();
        }
        List<ToolFunction> functions = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonFields tool : fields.objects("tools")) {
            ToolFunction function = function(tool);
            if (!names.add(function.name())) {
                throw ApiException.invalid("tools", "Two functions are called '" + function.name() + "'.");
            }
            functions.add(function);
        }
        if (functions.size() > MOST_TOOLS) {
            throw ApiException.invalid("tools", "'tools' may hold at most " + MOST_TOOLS + " functions.");
        }
        return functions;
    }

    private static ToolFunction function(JsonFields tool) {
        String type = tool.requiredText("type");
        if (!type.equals("function")) {
            throw ApiException.badRequest(
                    "unsupported_parameter",
                    tool.param("type"),
                    "Unsupported tool: '" + type + "'. Tools must be of type 'function'.");
        }
        tool.allowOnly(Set.of("type", "function"));
        JsonFields function = tool.object("function");
        function.allowOnly(Set.of("name", "description", "parameters", "strict"));
        String name = function.requiredText("name");
        if (!name.matches(NAME)) {
            throw ApiException.invalid(
                    function.param("name"), "A function's name has 1 to 64 letters, digits, underscores and dashes.");
        }
        function.bool("strict");
        return new ToolFunction(
                name, function.text("description").orElse(""), parameters(function), function.param("parameters"));
    }

    /** Without a schema a function takes nothing, as at OpenAI. */
    private static JsonNode parameters(JsonFields function) {
        if (function.has("parameters")) {
            function.object("parameters");
            return function.raw("parameters");
        }
        ObjectNode none = JsonNodeFactory.instance.objectNode().put("type", "object");
        none.putObject("properties");
        return none.put("additionalProperties", false);
    }
}
