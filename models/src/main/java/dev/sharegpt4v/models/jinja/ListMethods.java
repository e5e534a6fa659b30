package dev.sharegpt4v.models.jinja;

import java.util.Set;

/** The methods of lists. */
final class ListMethods {

    private static final Set<String> CHANGING =
            Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");

    private ListMethods() {}

    static Value of(Value.Items items, String name) {
        if (CHANGING.contains(name)) {
            throw new JinjaException("values are not changed, so lists have no " + name + "()");
        }
        return switch (name) {
            case "copy" -> (Value.Function) _ -> items;
            case "count" ->
                (Value.Function) call -> {
                    long count = items.values().stream()
                            .filter(value -> Python.equal(value, call.required(0, "value"), call.work()))
                            .count();
                    return new Value.Int(count);
                };
            case "index" ->
                (Value.Function) call -> {
                    for (int i = 0; i < items.values().size(); i++) {
                        if (Python.equal(items.values().get(i), call.required(0, "value"), call.work())) {
                            return new Value.Int(i);
                        }
                    }
                    throw new JinjaException("the value is not in the list");
                };
            default -> new Value.Undefined(name);
        };
    }
}
