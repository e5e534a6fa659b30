package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON Schemas of all keywords at random, and such as are meant to cost much. */
final class OddSchemas {

    private static final JsonMapper JSON = new JsonMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String[] NAMES = {"a", "b", "é", "", "$ref", "a/b~c", "\n", "a b", "__proto__", "\ud83d\ude00"
    };

    private OddSchemas() {}

    static JsonNode draw(Draw draw) {
        if (draw.oneIn(5)) {
            return hostile(draw);
        }
        JsonNode schema = any(draw.between(0, 3), draw);
        if (schema instanceof ObjectNode object && draw.oneIn(4)) {
            object.putObject("$defs").set("d", any(2, draw));
        }
        return schema;
    }

    /** Of an object, as functions have them. */
    static ObjectNode object(Draw draw) {
        return object(2, draw);
    }

    private static JsonNode any(int depth, Draw draw) {
        if (depth == 0) {
            return draw.made(
                    () -> integer(draw),
                    () -> number(draw),
                    () -> string(draw),
                    () -> JSON.createObjectNode().put("type", draw.of("boolean", "null", "integer", "string")),
                    () -> JSON.createObjectNode().set("const", value(draw)),
                    () -> listed(draw),
                    () -> NODES.booleanNode(!draw.oneIn(8)),
                    () -> JSON.createObjectNode().put("$ref", draw.of("#", "#/$defs/d", "#/$defs/none")));
        }
        return draw.made(
                () -> object(depth, draw),
                () -> object(depth, draw),
                () -> array(depth, draw),
                () -> several(draw.of("anyOf", "anyOf", "allOf", "oneOf"), depth, draw),
                () -> condition(depth, draw),
                () -> any(0, draw));
    }

    private static ObjectNode typed(String type) {
        return JSON.createObjectNode().put("type", type);
    }

    private static ObjectNode integer(Draw draw) {
        ObjectNode schema = typed("integer");
        if (draw.oneIn(2)) {
            schema.put(draw.of("minimum", "exclusiveMinimum"), draw.of(0L, -7L, 1L, 99L, Long.MIN_VALUE));
        }
        if (draw.oneIn(2)) {
            schema.put(draw.of("maximum", "exclusiveMaximum"), draw.of(9L, 100L, 1L << 40, Long.MAX_VALUE));
        }
        if (draw.oneIn(4)) {
            schema.put("multipleOf", draw.of(2, 3, 10, 977, 19_999, 1_000_003));
        }
        return schema;
    }

    private static ObjectNode number(Draw draw) {
        ObjectNode schema = typed("number");
        if (draw.oneIn(2)) {
            schema.put("minimum", draw.of(-1.5, 0.0, 1e-9, 1e300));
        }
        if (draw.oneIn(2)) {
            schema.put("maximum", draw.of(2.25, 1e9, 1e308));
        }
        if (draw.oneIn(4)) {
            schema.put("multipleOf", draw.of(0.01, 0.5, 0.3, 1e-7));
        }
        return schema;
    }

    private static ObjectNode string(Draw draw) {
        ObjectNode schema = typed("string");
        if (draw.oneIn(2)) {
            schema.put("maxLength", draw.of(0, 1, 5, 40, 5000));
        }
        if (draw.oneIn(3)) {
            schema.put("minLength", draw.of(0, 1, 3, 6));
        }
        if (draw.oneIn(3)) {
            schema.put("pattern", OddExpressions.expression(draw));
        }
        if (draw.oneIn(3)) {
            schema.put(
                    "format",
                    draw.of(
                            "date",
                            "time",
                            "date-time",
                            "duration",
                            "uuid",
                            "ipv4",
                            "ipv6",
                            "hostname",
                            "email",
                            "uri",
                            "iri-reference",
                            "json-pointer",
                            "nothing"));
        }
        return schema;
    }

    private static ObjectNode listed(Draw draw) {
        ObjectNode schema = JSON.createObjectNode();
        ArrayNode values = schema.putArray("enum");
        for (int i = draw.between(1, 5); i > 0; i--) {
            values.add(value(draw));
        }
        return schema;
    }

    private static JsonNode value(Draw draw) {
        return draw.made(
                () -> NODES.numberNode(draw.of(0, -1, 7, 1 << 30)),
                () -> NODES.textNode(OddTexts.upTo(20, draw)),
                () -> NODES.nullNode(),
                () -> NODES.booleanNode(true),
                () -> JSON.createArrayNode().add(1),
                () -> JSON.createObjectNode().put("a", 1.5));
    }

    private static ObjectNode array(int depth, Draw draw) {
        ObjectNode schema = typed("array");
        schema.set("items", any(depth - 1, draw));
        if (draw.oneIn(3)) {
            schema.put("minItems", draw.between(0, 3));
        }
        if (draw.oneIn(2)) {
            schema.put("maxItems", draw.of(0, 1, 3, 10, 1000));
        }
        if (draw.oneIn(4)) {
            schema.putArray("prefixItems").add(any(0, draw)).add(any(0, draw));
        }
        if (draw.oneIn(5)) {
            schema.set("contains", any(0, draw));
            schema.put(draw.of("minContains", "maxContains"), draw.between(0, 3));
        }
        if (draw.oneIn(6)) {
            schema.put("uniqueItems", draw.oneIn(2));
        }
        return schema;
    }

    private static ObjectNode object(int depth, Draw draw) {
        ObjectNode schema = typed("object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        for (int i = draw.between(0, 4); i > 0; i--) {
            String name = draw.of(NAMES);
            properties.set(name, any(depth - 1, draw));
            if (draw.oneIn(2)) {
                required.add(name);
            }
        }
        if (draw.oneIn(2)) {
            schema.put("additionalProperties", false);
        } else if (draw.oneIn(3)) {
            schema.set("additionalProperties", any(0, draw));
        }
        if (draw.oneIn(6)) {
            schema.putObject("patternProperties").set(OddExpressions.expression(draw), any(0, draw));
        }
        if (draw.oneIn(8)) {
            schema.put(draw.of("minProperties", "maxProperties"), draw.between(0, 3));
        }
        if (draw.oneIn(8)) {
            schema.putObject("dependentRequired").putArray("a").add("b");
        }
        if (draw.oneIn(8)) {
            schema.set("propertyNames", string(draw));
        }
        if (draw.oneIn(10)) {
            schema.put("unevaluatedProperties", false);
        }
        return schema;
    }

    private static ObjectNode several(String keyword, int depth, Draw draw) {
        ObjectNode schema = JSON.createObjectNode();
        ArrayNode all = schema.putArray(keyword);
        for (int i = draw.between(1, 4); i > 0; i--) {
            all.add(any(depth - 1, draw));
        }
        return schema;
    }

    private static ObjectNode condition(int depth, Draw draw) {
        ObjectNode schema = JSON.createObjectNode();
        if (draw.oneIn(3)) {
            return schema.set("not", any(depth - 1, draw));
        }
        schema.set("if", any(depth - 1, draw));
        schema.set("then", any(depth - 1, draw));
        if (draw.oneIn(2)) {
            schema.set("else", any(depth - 1, draw));
        }
        return schema;
    }

    private static JsonNode hostile(Draw draw) {
        return switch (draw.between(0, 11)) {
            case 0 -> nested("items", "array", draw.of(20, 200, 900), draw);
            case 1 -> nested("additionalProperties", "object", draw.of(20, 200, 900), draw);
            case 2 -> nested("not", "integer", draw.of(5, 50, 500), draw);
            case 3 -> many(draw.of(100, 2000), draw);
            case 4 -> overlapping(draw.of("allOf", "oneOf", "anyOf"), draw.of(5, 12, 60), draw);
            case 5 -> {
                ObjectNode schema = typed("array").put("maxItems", draw.of(1_000_000, Integer.MAX_VALUE));
                yield schema.set("items", typed("array").put("minItems", 100_000));
            }
            case 6 -> typed("string").put("minLength", draw.of(100, 100_000, Integer.MAX_VALUE));
            case 7 ->
                typed("string").put("pattern", OddExpressions.expression(draw)).put("minLength", 50);
            case 8 -> doubling(draw.of(8, 16, 40));
            case 9 -> JSON.createObjectNode().put("$ref", draw.of("#", "#/$ref", "http://127.0.0.1/a", "#/%24defs/d"));
            case 10 -> {
                ObjectNode schema = JSON.createObjectNode();
                ArrayNode values = schema.putArray("enum");
                for (int i = draw.of(300, 3000); i > 0; i--) {
                    values.add("value " + i);
                }
                yield schema;
            }
            default -> {
                ObjectNode schema = typed("object");
                ArrayNode required = schema.putArray("required");
                for (int i = draw.of(8, 20, 60); i > 0; i--) {
                    required.add("name" + i);
                    schema.withObject("/properties").set("name" + i, typed("integer"));
                }
                yield schema;
            }
        };
    }

    private static JsonNode nested(String keyword, String type, int depth, Draw draw) {
        JsonNode schema = any(0, draw);
        for (int i = 0; i < depth; i++) {
            schema = typed(type).set(keyword, schema);
        }
        return schema;
    }

    private static JsonNode many(int count, Draw draw) {
        ObjectNode schema = typed("object");
        ObjectNode properties = schema.putObject("properties");
        for (int i = 0; i < count; i++) {
            properties.set("p" + i, any(0, draw));
        }
        return schema.put("additionalProperties", false);
    }

    private static JsonNode overlapping(String keyword, int count, Draw draw) {
        ObjectNode schema = JSON.createObjectNode();
        ArrayNode all = schema.putArray(keyword);
        for (int i = 0; i < count; i++) {
            all.add(object(1, draw));
        }
        return schema;
    }

    /** Each definition uses the next one twice. */
    private static JsonNode doubling(int depth) {
        ObjectNode schema = JSON.createObjectNode().put("$ref", "#/$defs/d0");
        ObjectNode all = schema.putObject("$defs");
        for (int i = 0; i < depth; i++) {
            ArrayNode twice = all.putObject("d" + i).put("type", "array").putArray("prefixItems");
            twice.addObject().put("$ref", "#/$defs/d" + (i + 1));
            twice.addObject().put("$ref", "#/$defs/d" + (i + 1));
        }
        all.putObject("d" + depth).put("type", "null");
        return schema;
    }
}
