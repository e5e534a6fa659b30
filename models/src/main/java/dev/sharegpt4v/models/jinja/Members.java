package dev.sharegpt4v.models.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What values have inside: entries, places, slices, and the few methods that only read. */
final class Members {

    private static final Set<String> DICT_METHODS = Set.of(
            "items", "keys", "values", "get", "copy", "clear", "fromkeys", "pop", "popitem", "setdefault", "update");

    private Members() {}

    /** {@code value.name}: methods before entries, as in Jinja. */
    static Value attribute(Value value, String name, Work work) {
        return switch (value) {
            case Value.Undefined undefined -> throw new JinjaException("'" + undefined.name() + "' is undefined");
            case Value.Dict dict ->
                DICT_METHODS.contains(name) ? DictMethods.of(dict, name) : entry(dict, Text.own(name), name);
            case Text text -> TextMethods.of(text, name);
            case Value.Items items -> ListMethods.of(items, name);
            case Value.Namespace namespace -> {
                Value member = namespace.members.get(name);
                yield member == null ? new Value.Undefined(name) : member;
            }
            case Value.Loop loop -> LoopMembers.of(loop, name);
            case Value.None _, Value.Bool _, Value.Int _, Value.Real _, Value.Function _ -> new Value.Undefined(name);
        };
    }

    private static Value entry(Value.Dict dict, Value key, String name) {
        Value found = dict.entries().get(key);
        return found == null ? new Value.Undefined(name) : found;
    }

    /** {@code value[key]}: entries before methods. */
    static Value item(Value value, Value key, Work work) {
        if (value instanceof Value.Undefined undefined) {
            throw new JinjaException("'" + undefined.name() + "' is undefined");
        }
        if (key instanceof Text name) {
            if (value instanceof Value.Dict dict && dict.entries().containsKey(name)) {
                return entry(dict, name, name.chars());
            }
            return attribute(value, name.chars(), work);
        }
        if (value instanceof Value.Dict dict) {
            return entry(dict, Python.key(key), Python.str(key, work).chars());
        }
        if (key instanceof Value.Int(long index)) {
            if (value instanceof Value.Items items) {
                long place = index < 0 ? index + items.values().size() : index;
                return place < 0 || place >= items.values().size()
                        ? new Value.Undefined("item " + index)
                        : items.values().get((int) place);
            }
            if (value instanceof Text text) {
                work.characters(text.length());
                int length = text.chars().codePointCount(0, text.length());
                long place = index < 0 ? index + length : index;
                if (place < 0 || place >= length) {
                    return new Value.Undefined("character " + index);
                }
                int from = text.chars().offsetByCodePoints(0, (int) place);
                return text.slice(from, text.chars().offsetByCodePoints(from, 1));
            }
        }
        return new Value.Undefined("item");
    }

    /** {@code value[from:to:step]}. */
    static Value slice(Value value, Optional<Value> from, Optional<Value> to, Optional<Value> step, Work work) {
        long by = bound(step).orElse(1L);
        if (by == 0) {
            throw new JinjaException("a slice's step cannot be 0");
        }
        return switch (value) {
            case Value.Items items -> {
                List<Value> part = new ArrayList<>();
                for (int place : places(items.values().size(), bound(from), bound(to), by, work)) {
                    part.add(items.values().get(place));
                }
                yield items.tuple() ? Value.Items.tuple(part) : Value.Items.of(part);
            }
            case Text text -> {
                work.characters(text.length());
                int length = text.chars().codePointCount(0, text.length());
                if (by == 1) {
                    int begin = (int) clamp(bound(from).orElse(0L), length, 0, length);
                    int end = (int) clamp(bound(to).orElse((long) length), length, 0, length);
                    yield text.slice(
                            text.chars().offsetByCodePoints(0, begin),
                            text.chars().offsetByCodePoints(0, Math.max(begin, end)));
                }
                List<Text> characters = text.characters(work);
                List<Text> part = new ArrayList<>();
                for (int place : places(length, bound(from), bound(to), by, work)) {
                    part.add(characters.get(place));
                }
                yield Text.join(part, Text.EMPTY, work);
            }
            case Value.Undefined undefined -> throw new JinjaException("'" + undefined.name() + "' is undefined");
            default -> throw new JinjaException(Python.type(value) + " has no slices");
        };
    }

    private static Optional<Long> bound(Optional<Value> bound) {
        if (bound.isEmpty() || bound.get() == Value.None.NONE) {
            return Optional.empty();
        }
        if (bound.get() instanceof Value.Int(long number)) {
            return Optional.of(Math.clamp(number, -(1L << 40), 1L << 40));
        }
        throw new JinjaException("the bounds of a slice are whole numbers, not " + Python.type(bound.get()));
    }

    private static List<Integer> places(int size, Optional<Long> from, Optional<Long> to, long step, Work work) {
        work.items(size);
        List<Integer> places = new ArrayList<>();
        if (step > 0) {
            long end = clamp(to.orElse((long) size), size, 0, size);
            for (long i = clamp(from.orElse(0L), size, 0, size); i < end; i += step) {
                places.add((int) i);
            }
        } else {
            long end = to.isEmpty() ? -1 : clamp(to.get(), size, -1, size - 1L);
            long begin = from.isEmpty() ? size - 1L : clamp(from.get(), size, -1, size - 1L);
            for (long i = begin; i > end; i += step) {
                places.add((int) i);
            }
        }
        return places;
    }

    private static long clamp(long bound, int size, long least, long most) {
        return Math.clamp(bound < 0 ? bound + size : bound, least, Math.max(least, most));
    }
}
