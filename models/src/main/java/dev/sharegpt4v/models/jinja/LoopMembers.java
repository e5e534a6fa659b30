package dev.sharegpt4v.models.jinja;

/** What {@code loop} tells. */
final class LoopMembers {

    private LoopMembers() {}

    static Value of(Value.Loop loop, String name) {
        int size = loop.all.size();
        return switch (name) {
            case "index" -> new Value.Int(loop.index + 1L);
            case "index0" -> new Value.Int(loop.index);
            case "revindex" -> new Value.Int((long) size - loop.index);
            case "revindex0" -> new Value.Int(size - 1L - loop.index);
            case "first" -> Value.Bool.of(loop.index == 0);
            case "last" -> Value.Bool.of(loop.index == size - 1);
            case "length" -> new Value.Int(size);
            case "depth" -> new Value.Int(1);
            case "depth0" -> new Value.Int(0);
            case "previtem" -> loop.index > 0 ? loop.all.get(loop.index - 1) : new Value.Undefined(name);
            case "nextitem" -> loop.index + 1 < size ? loop.all.get(loop.index + 1) : new Value.Undefined(name);
            case "cycle" ->
                (Value.Function) call -> call.values().isEmpty()
                        ? new Value.Undefined(name)
                        : call.values().get(loop.index % call.values().size());
            case "changed" ->
                (Value.Function) call -> {
                    Value now = Value.Items.tuple(call.values());
                    boolean changed = !Python.equal(loop.changed, now, call.work());
                    loop.changed = now;
                    return Value.Bool.of(changed);
                };
            default -> new Value.Undefined(name);
        };
    }
}
