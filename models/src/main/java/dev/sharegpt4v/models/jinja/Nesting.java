package dev.sharegpt4v.models.jinja;

import java.util.Collection;

/** How deeply lists and mappings may be nested, so that every walk through them ends. */
final class Nesting {

    private static final int DEEPEST = 64;

    private Nesting() {}

    static int around(Collection<? extends Value> values) {
        int depth = 0;
        for (Value value : values) {
            depth = Math.max(depth, of(value));
        }
        if (depth >= DEEPEST) {
            throw new JinjaException("lists and mappings are nested more than " + DEEPEST + " deep");
        }
        return depth + 1;
    }

    private static int of(Value value) {
        return switch (value) {
            case Value.Items items -> items.depth();
            case Value.Dict dict -> dict.depth();
            default -> 0;
        };
    }
}
