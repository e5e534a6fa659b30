package dev.sharegpt4v.models.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a function, filter, test or method is called with.
 *
 * @param name of what is called, for errors
 * @param work that may be done
 * @param values by place
 * @param named by name
 */
public record Call(String name, Work work, List<Value> values, Map<String, Value> named) {

    /** An argument by place or name. */
    Optional<Value> value(int place, String key) {
        if (place < values.size()) {
            return Optional.of(values.get(place));
        }
        return Optional.ofNullable(named.get(key));
    }

    Value required(int place, String key) {
        return value(place, key).orElseThrow(() -> new JinjaException(name + "() needs '" + key + "'"));
    }

    Text text(int place, String key) {
        if (required(place, key) instanceof Text text) {
            return text;
        }
        throw new JinjaException("'" + key + "' of " + name + "() must be a text");
    }

    long integer(int place, String key, long otherwise) {
        Optional<Value> value = value(place, key);
        if (value.isEmpty() || value.get() == Value.None.NONE) {
            return otherwise;
        }
        return switch (value.get()) {
            case Value.Int(long number) -> number;
            case Value.Bool(boolean bit) -> bit ? 1 : 0;
            default -> throw new JinjaException("'" + key + "' of " + name + "() must be a whole number");
        };
    }

    boolean truth(int place, String key, boolean otherwise) {
        return value(place, key).map(Python::truth).orElse(otherwise);
    }

    /** The same call of another thing. */
    Call withName(String other) {
        return new Call(other, work, values, named);
    }

    /** The same call without its first values. */
    Call after(int count) {
        return new Call(name, work, values.subList(Math.min(count, values.size()), values.size()), named);
    }
}
