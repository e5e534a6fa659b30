package dev.sharegpt4v.models.jinja;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a template computes with: data alone. */
public sealed interface Value
        permits Text,
                Value.Bool,
                Value.Dict,
                Value.Function,
                Value.Int,
                Value.Items,
                Value.Loop,
                Value.Namespace,
                Value.None,
                Value.Real,
                Value.Undefined {

    /** Null. */
    enum None implements Value {
        NONE
    }

    /** What has no value; it prints as nothing. */
    record Undefined(String name) implements Value {}

    /** A truth value. */
    record Bool(boolean value) implements Value {
        static final Bool TRUE = new Bool(true);
        static final Bool FALSE = new Bool(false);

        /** A truth value. */
        public static Bool of(boolean value) {
            return value ? TRUE : FALSE;
        }
    }

    /** A whole number. */
    record Int(long value) implements Value {}

    /** Another number. */
    record Real(double value) implements Value {}

    /** A list or a tuple, with the depth to which lists and mappings are nested in it. */
    record Items(List<Value> values, boolean tuple, int depth) implements Value {
        public Items {
            values = List.copyOf(values);
        }

        /** A list. */
        public static Items of(List<? extends Value> values) {
            return new Items(List.copyOf(values), false, Nesting.around(values));
        }

        static Items tuple(List<? extends Value> values) {
            return new Items(List.copyOf(values), true, Nesting.around(values));
        }

        static Items pair(Value first, Value second) {
            return tuple(List.of(first, second));
        }
    }

    /** A mapping in the order of its keys, which are texts, numbers, truth values or null. */
    record Dict(Map<Value, Value> entries, int depth) implements Value {
        public Dict {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        /** A mapping. */
        public static Dict of(Map<? extends Value, ? extends Value> entries) {
            return new Dict(new LinkedHashMap<>(entries), Nesting.around(entries.values()));
        }
    }

    /** What {@code namespace()} gives: the one value that changes. */
    final class Namespace implements Value {
        final Map<String, Value> members = new LinkedHashMap<>();
    }

    /** The state of a loop. */
    final class Loop implements Value {
        final List<Value> all;
        int index;
        Value changed = new Undefined("changed");

        Loop(List<Value> all) {
            this.all = all;
        }
    }

    /** What can be called. */
    non-sealed interface Function extends Value {
        /** Its result. */
        Value call(Call call);
    }
}
