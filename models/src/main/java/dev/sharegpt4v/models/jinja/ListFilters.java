package dev.sharegpt4v.models.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Filters of lists. */
final class ListFilters {

    private ListFilters() {}

    static Value apply(Call call) {
        Work work = call.work();
        Value value = call.values().getFirst();
        if (call.name().equals("reverse") && value instanceof Text text) {
            List<Text> characters = text.characters(work);
            Collections.reverse(characters);
            return Text.join(characters, Text.EMPTY, work);
        }
        if (call.name().equals("dictsort")) {
            return dictSorted(value, call);
        }
        List<Value> values = Python.iterate(value, work);
        work.items(values.size());
        return switch (call.name()) {
            case "reverse" -> Value.Items.of(values.reversed());
            case "map" -> Value.Items.of(values.stream().map(mapping(call)).toList());
            case "select" -> chosen(values, call, false, true);
            case "reject" -> chosen(values, call, false, false);
            case "selectattr" -> chosen(values, call, true, true);
            case "rejectattr" -> chosen(values, call, true, false);
            case "sort" -> sorted(values, call);
            case "min", "max" -> extreme(values, call);
            case "sum" -> sum(values, call);
            case "unique" -> unique(values, call);
            case "batch" -> batched(values, call);
            case "groupby" -> grouped(values, call);
            default -> throw new IllegalStateException("no filter of lists: " + call.name() + ". This is a bug.");
        };
    }

    private static UnaryOperator<Value> mapping(Call call) {
        Work work = call.work();
        Value attribute = call.named().get("attribute");
        if (attribute != null) {
            Optional<Value> otherwise = Optional.ofNullable(call.named().get("default"));
            return item -> {
                Value found = path(item, attribute, work);
                return found instanceof Value.Undefined ? otherwise.orElse(found) : found;
            };
        }
        String name = call.text(1, "filter").chars();
        if (!Filters.knows(name)) {
            throw new JinjaException("there is no filter '" + name + "'");
        }
        return item -> {
            work.step();
            work.enter();
            Value result = Filters.apply(withFirst(item, call.after(2)).withName(name));
            work.leave();
            return result;
        };
    }

    private static Call withFirst(Value first, Call call) {
        List<Value> values = new ArrayList<>(List.of(first));
        values.addAll(call.values());
        return new Call(call.name(), call.work(), values, call.named());
    }

    private static Value chosen(List<Value> values, Call call, boolean byAttribute, boolean keeps) {
        int skipped = byAttribute ? 2 : 1;
        String test =
                call.values().size() > skipped ? call.text(skipped, "test").chars() : "";
        if (!test.isEmpty() && !Tests.knows(test)) {
            throw new JinjaException("there is no test '" + test + "'");
        }
        List<Value> kept = new ArrayList<>();
        for (Value value : values) {
            call.work().step();
            Value seen = byAttribute ? path(value, call.required(1, "attribute"), call.work()) : value;
            boolean holds = test.isEmpty()
                    ? Python.truth(seen)
                    : Tests.holds(withFirst(seen, call.after(skipped + 1)).withName(test));
            if (holds == keeps) {
                kept.add(value);
            }
        }
        return Value.Items.of(kept);
    }

    /** An attribute by its dotted name. */
    static Value path(Value value, Value path, Work work) {
        if (!(path instanceof Text text)) {
            return Members.item(value, path, work);
        }
        Value found = value;
        for (String name : text.chars().split("\\.", 16)) {
            work.step();
            boolean place =
                    !name.isEmpty() && name.length() < 10 && name.chars().allMatch(c -> c >= '0' && c <= '9');
            found = Members.item(found, place ? new Value.Int(Long.parseLong(name)) : Text.own(name), work);
        }
        return found;
    }

    private static Value folded(Value value, boolean caseSensitive, Work work) {
        if (!caseSensitive && value instanceof Text text) {
            work.characters(text.length());
            return Filters.apply(new Call("lower", work, List.of(text), Map.of()));
        }
        return value;
    }

    private static Comparator<Value> order(Optional<Value> path, boolean caseSensitive, Work work) {
        return (one, other) -> Python.compare(
                folded(path.isPresent() ? path(one, path.get(), work) : one, caseSensitive, work),
                folded(path.isPresent() ? path(other, path.get(), work) : other, caseSensitive, work),
                work);
    }

    private static Value sorted(List<Value> values, Call call) {
        Comparator<Value> order =
                order(call.value(3, "attribute"), call.truth(2, "case_sensitive", false), call.work());
        List<Value> sorted = new ArrayList<>(values);
        sorted.sort(call.truth(1, "reverse", false) ? order.reversed() : order);
        return Value.Items.of(sorted);
    }

    private static Value extreme(List<Value> values, Call call) {
        if (values.isEmpty()) {
            return new Value.Undefined(call.name());
        }
        Comparator<Value> order =
                order(call.value(2, "attribute"), call.truth(1, "case_sensitive", false), call.work());
        return call.name().equals("min") ? Collections.min(values, order) : Collections.max(values, order);
    }

    private static Value sum(List<Value> values, Call call) {
        Value sum = call.value(2, "start").orElse(new Value.Int(0));
        for (Value value : values) {
            Value item = call.value(1, "attribute").isPresent()
                    ? path(value, call.required(1, "attribute"), call.work())
                    : value;
            sum = Arithmetic.of("+", sum, item, call.work());
        }
        return sum;
    }

    private static Value unique(List<Value> values, Call call) {
        Set<Value> seen = new HashSet<>();
        List<Value> kept = new ArrayList<>();
        for (Value value : values) {
            Value key = call.value(2, "attribute").isPresent()
                    ? path(value, call.required(2, "attribute"), call.work())
                    : value;
            if (seen.add(Python.key(folded(key, call.truth(1, "case_sensitive", false), call.work())))) {
                kept.add(value);
            }
        }
        return Value.Items.of(kept);
    }

    private static Value batched(List<Value> values, Call call) {
        long size = call.integer(1, "linecount", 1);
        if (size < 1) {
            throw new JinjaException("a batch has at least one item");
        }
        List<Value> batches = new ArrayList<>();
        for (int at = 0; at < values.size(); at += (int) Math.min(size, values.size())) {
            List<Value> batch = new ArrayList<>(values.subList(at, (int) Math.min(values.size(), at + size)));
            Optional<Value> fill = call.value(2, "fill_with");
            if (fill.isPresent() && batch.size() < size) {
                call.work().items(size);
                while (batch.size() < size) {
                    batch.add(fill.get());
                }
            }
            batches.add(Value.Items.of(batch));
        }
        return Value.Items.of(batches);
    }

    private static Value grouped(List<Value> values, Call call) {
        Map<Value, List<Value>> groups = new LinkedHashMap<>();
        List<Value> sorted = new ArrayList<>(values);
        Value path = call.required(1, "attribute");
        sorted.sort(order(Optional.of(path), false, call.work()));
        for (Value value : sorted) {
            groups.computeIfAbsent(Python.key(path(value, path, call.work())), _ -> new ArrayList<>())
                    .add(value);
        }
        List<Value> pairs = new ArrayList<>();
        groups.forEach((key, group) -> pairs.add(Value.Items.pair(key, Value.Items.of(group))));
        return Value.Items.of(pairs);
    }

    private static Value dictSorted(Value value, Call call) {
        if (!(value instanceof Value.Dict dict)) {
            throw new JinjaException(Python.type(value) + " is no mapping");
        }
        int by = call.value(2, "by").map(Object::toString).orElse("key").equals("value") ? 1 : 0;
        Comparator<Value> order =
                order(Optional.of(new Value.Int(by)), call.truth(1, "case_sensitive", false), call.work());
        List<Value> pairs = new ArrayList<>(DictMethods.items(dict, call.work()).values());
        pairs.sort(call.truth(3, "reverse", false) ? order.reversed() : order);
        return Value.Items.of(pairs);
    }
}
