package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Typed access to the members of a JSON object; a wrong type names its path. Null counts as absent. */
final class JsonFields {

    private final JsonNode node;
    private final String path;

    private JsonFields(JsonNode node, String path) {
        this.node = node;
        this.path = path;
    }

    static JsonFields of(JsonNode node, String path) {
        if (!node.isObject()) {
            throw wrongType(path.isEmpty() ? "body" : path, "an object", node);
        }
        return new JsonFields(node, path);
    }

    /** Refuses members that nobody knows. */
    void allowOnly(Set<String> known) {
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw ApiException.badRequest(
                        "unknown_parameter", param(name), "Unknown parameter: '" + param(name) + "'.");
            }
        });
    }

    /** Its own path. */
    String path() {
        return path;
    }

    /** All members by name, those that are null included. */
    Map<String, JsonNode> members() {
        Map<String, JsonNode> members = new LinkedHashMap<>();
        node.properties().forEach(entry -> members.put(entry.getKey(), entry.getValue()));
        return members;
    }

    /** The same, when a member is there and not null. */
    JsonFields requiring(String name) {
        if (!has(name)) {
            throw wrongType(param(name), "a value", node.path(name));
        }
        return this;
    }

    /** A string that must be there. */
    String requiredText(String name) {
        return requiring(name).text(name).orElseThrow();
    }

    boolean has(String name) {
        return node.hasNonNull(name);
    }

    JsonNode raw(String name) {
        return node.path(name);
    }

    Optional<String> text(String name) {
        return present(name).map(value -> {
            if (!value.isTextual()) {
                throw wrongType(param(name), "a string", value);
            }
            return value.textValue();
        });
    }

    Optional<Boolean> bool(String name) {
        return present(name).map(value -> {
            if (!value.isBoolean()) {
                throw wrongType(param(name), "a boolean", value);
            }
            return value.booleanValue();
        });
    }

    Optional<Integer> integer(String name, int least, int most) {
        return present(name).map(value -> {
            if (!value.isIntegralNumber()) {
                throw wrongType(param(name), "an integer", value);
            }
            if (!value.canConvertToInt() || value.intValue() < least || value.intValue() > most) {
                throw ApiException.badRequest(
                        "integer_out_of_range",
                        param(name),
                        "'%s' must be between %d and %d, got %s.".formatted(param(name), least, most, value));
            }
            return value.intValue();
        });
    }

    OptionalLong number64(String name) {
        Optional<JsonNode> value = present(name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!value.get().isIntegralNumber() || !value.get().canConvertToLong()) {
            throw wrongType(param(name), "a 64-bit integer", value.get());
        }
        return OptionalLong.of(value.get().longValue());
    }

    Optional<Double> number(String name, double least, double most) {
        return present(name).map(value -> {
            if (!value.isNumber()) {
                throw wrongType(param(name), "a number", value);
            }
            double number = value.doubleValue();
            if (!(number >= least && number <= most)) {
                throw ApiException.badRequest(
                        "decimal_out_of_range",
                        param(name),
                        "'%s' must be between %s and %s, got %s.".formatted(param(name), least, most, value));
            }
            return number;
        });
    }

    JsonFields object(String name) {
        return of(node.path(name), param(name));
    }

    /** The objects of an array. */
    List<JsonFields> objects(String name) {
        List<JsonFields> found = new ArrayList<>();
        for (JsonNode element : array(name)) {
            found.add(of(element, param(name) + "[" + found.size() + "]"));
        }
        return found;
    }

    /** A string or an array of strings. */
    List<String> texts(String name) {
        JsonNode value = node.path(name);
        if (value.isTextual()) {
            return List.of(value.textValue());
        }
        List<String> found = new ArrayList<>();
        for (JsonNode element : array(name)) {
            if (!element.isTextual()) {
                throw wrongType(param(name) + "[" + found.size() + "]", "a string", element);
            }
            found.add(element.textValue());
        }
        return found;
    }

    List<Integer> integers(String name) {
        return integers(array(name), param(name));
    }

    /** An array of arrays of integers. */
    List<List<Integer>> integerLists(String name) {
        List<List<Integer>> found = new ArrayList<>();
        for (JsonNode element : array(name)) {
            String param = param(name) + "[" + found.size() + "]";
            if (!element.isArray()) {
                throw wrongType(param, "an array", element);
            }
            found.add(integers(element, param));
        }
        return found;
    }

    /** The integers of an array at a path. */
    static List<Integer> integers(JsonNode array, String param) {
        List<Integer> found = new ArrayList<>();
        for (JsonNode element : array) {
            if (!element.isIntegralNumber() || !element.canConvertToInt()) {
                throw wrongType(param + "[" + found.size() + "]", "an integer", element);
            }
            found.add(element.intValue());
        }
        return found;
    }

    private JsonNode array(String name) {
        JsonNode value = node.path(name);
        if (!value.isArray()) {
            throw wrongType(param(name), "an array", value);
        }
        return value;
    }

    String param(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private Optional<JsonNode> present(String name) {
        return Optional.of(node.path(name)).filter(value -> !value.isMissingNode() && !value.isNull());
    }

    private static ApiException wrongType(String param, String expected, JsonNode actual) {
        if (actual.isMissingNode()) {
            return ApiException.missing(param);
        }
        return ApiException.badRequest(
                "invalid_type",
                param,
                "Invalid type for '%s': expected %s, but got %s instead.".formatted(param, expected, kind(actual)));
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "an array";
            case BOOLEAN -> "a boolean";
            case NULL, MISSING -> "null";
            case NUMBER -> node.isIntegralNumber() ? "an integer" : "a number";
            case OBJECT, POJO -> "an object";
            case STRING, BINARY -> "a string";
        };
    }
}
