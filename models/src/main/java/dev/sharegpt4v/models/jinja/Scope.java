package dev.sharegpt4v.models.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names and their values; what is set in a loop or a macro ends with it. */
final class Scope {

    private final @Nullable Scope outer;
    private final Map<String, Value> values = new HashMap<>();

    Scope(Map<String, Value> values) {
        this.outer = null;
        this.values.putAll(values);
    }

    private Scope(Scope outer) {
        this.outer = outer;
    }

    Scope inner() {
        return new Scope(this);
    }

    Value get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Value value = scope.values.get(name);
            if (value != null) {
                return value;
            }
        }
        return new Value.Undefined(name);
    }

    void set(String name, Value value) {
        values.put(name, value);
    }
}
