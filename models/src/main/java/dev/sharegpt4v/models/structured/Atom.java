package dev.sharegpt4v.models.structured;

import java.util.List;
import java.util.Set;

/** One thing that a schema says of values of one type, and that holds of all values of other types. */
sealed interface Atom {

    /** The type that it speaks of. */
    JsonType type();

    /** The value has one of these types; it speaks of all. */
    record Types(Set<JsonType> types) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.NULL;
        }
    }

    /** The value is true, or false. */
    record Truth(boolean value) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.BOOLEAN;
        }
    }

    /** The number is one of these. */
    record NumberIn(CharDfa numbers) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.NUMBER;
        }
    }

    /** The string is one of these. */
    record StringIn(CharDfa strings) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.STRING;
        }
    }

    /** The string has so many characters at least. */
    record MinLength(int least) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.STRING;
        }
    }

    /** The string has so many characters at most. */
    record MaxLength(int most) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.STRING;
        }
    }

    /** The item at a place, if there is one, reaches a goal. */
    record Item(int index, Goal goal) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.ARRAY;
        }
    }

    /** All items from a place on reach a goal. */
    record Items(int from, Goal goal) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.ARRAY;
        }
    }

    /** There are so many items at least. */
    record MinItems(int least) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.ARRAY;
        }
    }

    /** There are so many items at most. */
    record MaxItems(int most) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.ARRAY;
        }
    }

    /** So many items at least reach a goal. */
    record MinContains(Goal goal, int least) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.ARRAY;
        }
    }

    /** So many items at most reach a goal. */
    record MaxContains(Goal goal, int most) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.ARRAY;
        }
    }

    /** No two items are equal. */
    record Unique() implements Atom {
        @Override
        public JsonType type() {
            return JsonType.ARRAY;
        }
    }

    /** A property is there. */
    record Required(String name) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.OBJECT;
        }
    }

    /** A property, if it is there, reaches a goal. */
    record Property(String name, Goal goal) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.OBJECT;
        }
    }

    /** Properties of these names reach a goal. */
    record Pattern(CharDfa names, Goal goal) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.OBJECT;
        }
    }

    /** Properties that are neither among these names nor have a name in one of the sets reach a goal. */
    record Additional(Set<String> names, List<CharDfa> patterns, Goal goal) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.OBJECT;
        }

        boolean speaksOf(String name) {
            return !names.contains(name) && patterns.stream().noneMatch(pattern -> pattern.matches(name));
        }
    }

    /** There are so many properties at least. */
    record MinProperties(int least) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.OBJECT;
        }
    }

    /** There are so many properties at most. */
    record MaxProperties(int most) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.OBJECT;
        }
    }

    /** All names reach a goal. */
    record Names(Goal goal) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.OBJECT;
        }
    }

    /** No statement, but a note of which properties were looked at: these names, or all. */
    record SeenProperties(Set<String> names, List<CharDfa> patterns, boolean all) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.OBJECT;
        }
    }

    /** No statement, but a note of which items were looked at: so many from the first on. */
    record SeenItems(int count) implements Atom {
        @Override
        public JsonType type() {
            return JsonType.ARRAY;
        }
    }
}
