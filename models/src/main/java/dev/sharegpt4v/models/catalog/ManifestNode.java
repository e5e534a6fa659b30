package dev.sharegpt4v.models.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * An object of a manifest, whose values are read by key. Each method refuses a value that is missing or of another kind by an
 * {@link IllegalArgumentException} that names it.
 *
 * @param path of the object within the file, such as {@code model.decoder.}; empty or with a dot at its end
 * @param node the object
 */
record ManifestNode(String path, JsonNode node) {

    boolean has(String key) {
        return node.hasNonNull(key);
    }

    String text(String key) {
        return required(key, JsonNode::isTextual, "a text").textValue();
    }

    boolean flag(String key) {
        return required(key, JsonNode::isBoolean, "true or false").booleanValue();
    }

    int integer(String key) {
        return required(key, ManifestNode::isInteger, "a whole number").intValue();
    }

    long whole(String key) {
        return required(key, value -> value.isIntegralNumber() && value.canConvertToLong(), "a whole number")
                .longValue();
    }

    double number(String key) {
        return required(key, JsonNode::isNumber, "a number").doubleValue();
    }

    List<Integer> integers(String key) {
        return list(key, ManifestNode::isInteger, "of whole numbers", JsonNode::intValue);
    }

    List<Double> numbers(String key) {
        return list(key, JsonNode::isNumber, "of numbers", JsonNode::doubleValue);
    }

    /** The constant whose name in the file the value is. */
    <T> T oneOf(String key, T[] constants, Function<T, String> name) {
        String value = text(key);
        return Arrays.stream(constants)
                .filter(constant -> name.apply(constant).equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(path + key + " cannot be '" + value + "'"));
    }

    ManifestNode child(String key) {
        return new ManifestNode(path + key + ".", required(key, JsonNode::isObject, "an object"));
    }

    Optional<ManifestNode> optional(String key) {
        return has(key) ? Optional.of(child(key)) : Optional.empty();
    }

    List<ManifestNode> children(String key) {
        return list(key, JsonNode::isObject, "of objects", value -> new ManifestNode(path + key + "[].", value));
    }

    private <T> List<T> list(String key, Predicate<JsonNode> kind, String kinds, Function<JsonNode, T> read) {
        List<T> values = new ArrayList<>();
        for (JsonNode value : required(key, JsonNode::isArray, "a list")) {
            if (!kind.test(value)) {
                throw new IllegalArgumentException(path + key + " is not a list " + kinds);
            }
            values.add(read.apply(value));
        }
        return values;
    }

    private JsonNode required(String key, Predicate<JsonNode> kind, String name) {
        if (!has(key)) {
            throw new IllegalArgumentException(path + key + " is missing");
        }
        JsonNode value = node.get(key);
        if (!kind.test(value)) {
            throw new IllegalArgumentException(path + key + " is not " + name);
        }
        return value;
    }

    private static boolean isInteger(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToInt();
    }
}
