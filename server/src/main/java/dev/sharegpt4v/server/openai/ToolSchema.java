package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sharegpt4v.models.structured.JsonStyle;
import java.util.Map;
import java.util.Optional;

/** The JSON Schema of an answer that must be a call. */
public final class ToolSchema {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_CALLS = 16;

    /** White space between tokens would only cost time. */
    private static final JsonStyle COMPACT = new JsonStyle(Optional.empty(), true, false);

    private ToolSchema() {}

    /** The arguments alone where one function is named; else a call of any function, or several of them. */
    public static OutputStructure.Schema forced(Tools tools) {
        if (tools.named().isPresent()) {
            ToolFunction function = tools.functions().stream()
                    .filter(known -> known.name().equals(tools.named().get()))
                    .findFirst()
                    .orElseThrow();
            return new OutputStructure.Schema(NamedArguments.close(function.parameters()), COMPACT, function.param());
        }
        return new OutputStructure.Schema(anyCall(tools), COMPACT, "tools");
    }

    private static JsonNode anyCall(Tools tools) {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode definitions = JSON.createObjectNode();
        ArrayNode calls = JSON.createArrayNode();
        for (ToolFunction function : tools.functions()) {
            String place = "arguments" + calls.size();
            definitions.set(place, moved(NamedArguments.close(function.parameters()), "#/$defs/" + place));
            ObjectNode call = calls.addObject();
            call.put("type", "object");
            ObjectNode properties = call.putObject("properties");
            properties.putObject("name").put("const", function.name());
            properties.putObject("arguments").put("$ref", "#/$defs/" + place);
            call.putArray("required").add("name").add("arguments");
            call.put("additionalProperties", false);
        }
        definitions.putObject("call").set("anyOf", calls);
        ObjectNode one = JSON.createObjectNode().put("$ref", "#/$defs/call");
        if (tools.several()) {
            ObjectNode several = JSON.createObjectNode().put("type", "array");
            several.set("items", one.deepCopy());
            several.put("minItems", 1).put("maxItems", MOST_CALLS);
            root.putArray("anyOf").add(one).add(several);
        } else {
            root.set("$ref", one.get("$ref"));
        }
        root.set("$defs", definitions);
        return root;
    }

    /** A schema whose references into itself are right at another place of a document. */
    private static JsonNode moved(JsonNode schema, String place) {
        if (schema.isArray()) {
            ArrayNode copy = JSON.createArrayNode();
            schema.forEach(element -> copy.add(moved(element, place)));
            return copy;
        }
        if (!schema.isObject()) {
            return schema;
        }
        ObjectNode copy = JSON.createObjectNode();
        for (Map.Entry<String, JsonNode> member : schema.properties()) {
            boolean local = member.getKey().equals("$ref")
                    && member.getValue().asText("").startsWith("#");
            copy.set(
                    member.getKey(),
                    local
                            ? TextNode.valueOf(
                                    place + member.getValue().asText().substring(1))
                            : moved(member.getValue(), place));
        }
        return copy;
    }
}
