package dev.sharegpt4v.models.jinja;

import dev.sharegpt4v.models.jinja.Statement.Target;
import java.util.HashSet;
import java.util.Set;

/**
 * Whether a template goes through the content of messages, so that it must be a list of parts; else it is a text. As vLLM
 * finds out: a loop over {@code messages} whose variable's {@code content} a loop goes over.
 */
final class ContentUse {

    private final Set<String> all = new HashSet<>(Set.of("messages"));
    private final Set<String> one = new HashSet<>();
    private final Set<String> content = new HashSet<>();
    private boolean parts;

    boolean goesThroughParts() {
        return parts;
    }

    void loop(Target.Names target, Expression over) {
        Expression plain = plain(over);
        if (isNamed(plain, all) && !target.unpacks()) {
            one.add(target.names().getFirst());
        }
        parts |= isContent(plain) || isNamed(plain, content);
    }

    void set(Target.Names target, Expression value) {
        if (target.unpacks()) {
            return;
        }
        String name = target.names().getFirst();
        Expression plain = plain(value);
        if (isNamed(plain, all)) {
            all.add(name);
        } else if (isNamed(plain, one)
                || (plain instanceof Expression.Index index && isNamed(plain(index.of()), all))) {
            one.add(name);
        } else if (isContent(plain) || isNamed(plain, content)) {
            content.add(name);
        }
    }

    /** What is left of filters and slices. */
    private static Expression plain(Expression value) {
        Expression plain = value;
        while (true) {
            if (plain instanceof Expression.Filtered filtered && filtered.of().isPresent()) {
                plain = filtered.of().get();
            } else if (plain instanceof Expression.Slice slice) {
                plain = slice.of();
            } else {
                return plain;
            }
        }
    }

    private boolean isContent(Expression value) {
        Expression of;
        if (value instanceof Expression.Attribute attribute && attribute.name().equals("content")) {
            of = attribute.of();
        } else if (value instanceof Expression.Index index
                && index.index().equals(new Expression.Literal(Text.own("content")))) {
            of = index.of();
        } else {
            return false;
        }
        return isNamed(of, one) || (of instanceof Expression.Index index && isNamed(plain(index.of()), all));
    }

    private static boolean isNamed(Expression value, Set<String> names) {
        return value instanceof Expression.Name name && names.contains(name.name());
    }
}
