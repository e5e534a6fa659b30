package dev.sharegpt4v.models.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The methods of mappings. */
final class DictMethods {

    private DictMethods() {}

    static Value.Function of(Value.Dict dict, String name) {
        return switch (name) {
            case "items" -> call -> items(dict, call.work());
            case "keys" -> call -> Value.Items.of(Python.iterate(dict, call.work()));
            case "values" ->
                call -> {
                    call.work().items(dict.entries().size());
                    return Value.Items.of(List.copyOf(dict.entries().values()));
                };
            case "get" ->
                call -> {
                    Value found = dict.entries().get(Python.key(call.required(0, "key")));
                    return found != null ? found : call.value(1, "default").orElse(Value.None.NONE);
                };
            case "copy" -> _ -> dict;
            default -> throw new JinjaException("values are not changed, so mappings have no " + name + "()");
        };
    }

    static Value.Items items(Value.Dict dict, Work work) {
        work.items(2L * dict.entries().size());
        List<Value> pairs = new ArrayList<>();
        for (Map.Entry<Value, Value> entry : dict.entries().entrySet()) {
            pairs.add(Value.Items.pair(entry.getKey(), entry.getValue()));
        }
        return Value.Items.of(pairs);
    }
}
