package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * Schemas of arguments whose objects hold the properties that they name and no others, where they do not say: functions
 * take no others, and clients seldom say so. As XGrammar does it for vLLM, but for schemas that put together others.
 */
final class NamedArguments {

    private static final Set<String> SCHEMAS = Set.of("items", "additionalProperties", "contains");
    private static final Set<String> LISTS = Set.of("anyOf", "oneOf", "prefixItems");
    private static final Set<String> MAPS = Set.of("properties", "patternProperties", "$defs", "definitions");
    private static final Set<String> TOGETHER = Set.of("allOf", "not", "if", "dependentSchemas", "$dynamicRef");
    private static final Set<String> BESIDE = Set.of("anyOf", "oneOf", "$ref");
    private static final Set<String> OTHERS =
            Set.of("additionalProperties", "unevaluatedProperties", "patternProperties");
    private static final int DEPTH = 256;

    private NamedArguments() {}

    /** A closed copy, or the schema itself where what one part names would exclude what another does. */
    static JsonNode close(JsonNode schema) {
        JsonNode copy = schema.deepCopy();
        return close(copy, 0) ? copy : schema;
    }

    private static boolean close(JsonNode schema, int depth) {
        if (!(schema instanceof ObjectNode object)) {
            return true;
        }
        boolean names = object.path("properties").isObject();
        if (depth > DEPTH || has(object, TOGETHER) || (names && has(object, BESIDE))) {
            return false;
        }
        for (var member : object.properties()) {
            String keyword = member.getKey();
            JsonNode value = member.getValue();
            boolean all = true;
            if (SCHEMAS.contains(keyword)) {
                all = close(value, depth + 1);
            }
            // An array as `items` is what older drafts call `prefixItems`.
            if (MAPS.contains(keyword) || LISTS.contains(keyword) || (value.isArray() && keyword.equals("items"))) {
                all = value.valueStream().allMatch(each -> close(each, depth + 1));
            }
            if (!all) {
                return false;
            }
        }
        if (names && !has(object, OTHERS)) {
            object.put("additionalProperties", false);
        }
        return true;
    }

    private static boolean has(ObjectNode object, Set<String> keywords) {
        return keywords.stream().anyMatch(object::has);
    }
}
