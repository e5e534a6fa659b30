package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Whether a member's value may stand; a 400 names the member otherwise. Called only where there is a value. */
@FunctionalInterface
interface FieldCheck {

    /** Whoever reads the member checks it. */
    FieldCheck ELSEWHERE = (fields, name) -> {};

    FieldCheck BOOLEAN = (fields, name) -> fields.bool(name);
    FieldCheck OBJECT = (fields, name) -> fields.object(name);
    FieldCheck INTEGER = (fields, name) -> fields.integer(name, Integer.MIN_VALUE, Integer.MAX_VALUE);

    void of(JsonFields fields, String name);

    /** A string of so many characters at most. */
    static FieldCheck text(int most) {
        return (fields, name) -> {
            if (fields.text(name).orElse("").length() > most) {
                throw ApiException.invalid(
                        fields.param(name), "'%s' may have at most %d characters.".formatted(fields.param(name), most));
            }
        };
    }

    /** One of some strings. */
    static FieldCheck oneOf(String... values) {
        List<String> known = List.of(values);
        return (fields, name) -> {
            String value = fields.text(name).orElse("");
            if (!known.contains(value)) {
                throw ApiException.invalid(
                        fields.param(name),
                        "Invalid value: '%s'. '%s' must be one of %s."
                                .formatted(value, fields.param(name), String.join(", ", known)));
            }
        };
    }

    /** What is not done here, but for values that ask for nothing. */
    static FieldCheck refuse(String why, Predicate<JsonNode> asksForNothing) {
        return (fields, name) -> {
            if (!asksForNothing.test(fields.raw(name))) {
                throw ApiException.badRequest(
                        "unsupported_parameter",
                        fields.param(name),
                        "Unsupported parameter: '%s' with this value is not supported by this server: %s."
                                .formatted(fields.param(name), why));
            }
        };
    }

    /** OpenAI's limits of metadata: 16 pairs of strings, of 64 and 512 characters. */
    static FieldCheck metadata() {
        return (fields, name) -> {
            JsonFields pairs = fields.object(name);
            Map<String, JsonNode> members = pairs.members();
            if (members.size() > 16) {
                throw ApiException.invalid(pairs.path(), "'" + pairs.path() + "' may have at most 16 pairs.");
            }
            for (String key : members.keySet()) {
                if (key.length() > 64) {
                    throw ApiException.invalid(
                            pairs.path(), "A key of '" + pairs.path() + "' has more than 64 characters.");
                }
                text(512).of(pairs.requiring(key), key);
            }
        };
    }

    static boolean isEmptyArray(JsonNode value) {
        return value.isArray() && value.isEmpty();
    }

    static boolean isEmptyObject(JsonNode value) {
        return value.isObject() && value.isEmpty();
    }

    static boolean isZero(JsonNode value) {
        return value.isIntegralNumber() && value.intValue() == 0;
    }

    /** Modalities that are text alone. */
    static boolean isTextOnly(JsonNode value) {
        return value.isArray() && value.size() == 1 && value.path(0).asText("").equals("text");
    }

    /** The boolean that stands when the member is left out. */
    static Predicate<JsonNode> is(boolean usual) {
        return value -> value.isBoolean() && value.booleanValue() == usual;
    }

    /** One of some strings. */
    static Predicate<JsonNode> isText(String... values) {
        return value -> value.isTextual() && List.of(values).contains(value.textValue());
    }
}
