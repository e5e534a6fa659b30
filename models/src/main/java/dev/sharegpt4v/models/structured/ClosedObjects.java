package dev.sharegpt4v.models.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/** Schemas whose objects hold no properties but those that they name, as vLLM's {@code disable_additional_properties} asks. */
final class ClosedObjects {

    private static final Set<String> VALUES = Set.of("const", "enum", "default", "examples");

    private ClosedObjects() {}

    /** A copy that says so at each object schema that names properties and does not say it. */
    static JsonNode close(JsonNode schema) {
        JsonNode copy = schema.deepCopy();
        closeAll(copy, 0);
        return copy;
    }

    private static void closeAll(JsonNode json, int depth) {
        if (depth > 512) {
            throw StructureException.tooComplex("", "the schema is nested too deeply");
        }
        if (json instanceof ObjectNode object) {
            boolean named = object.path("properties").isObject();
            boolean told = object.has("additionalProperties")
                    || object.has("unevaluatedProperties")
                    || object.has("patternProperties");
            if (named && !told) {
                object.put("additionalProperties", false);
            }
            object.properties().forEach(entry -> {
                if (!VALUES.contains(entry.getKey())) {
                    closeAll(entry.getValue(), depth + 1);
                }
            });
        } else {
            json.forEach(item -> closeAll(item, depth + 1));
        }
    }
}
