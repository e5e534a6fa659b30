package dev.sharegpt4v.models.jinja;

import java.util.List;
import java.util.Optional;

/** What has a value. */
sealed interface Expression {

    record Literal(Value value) implements Expression {}

    record Name(String name) implements Expression {}

    record Attribute(Expression of, String name) implements Expression {}

    record Index(Expression of, Expression index) implements Expression {}

    record Slice(Expression of, Optional<Expression> from, Optional<Expression> to, Optional<Expression> step)
            implements Expression {}

    record Calling(Expression function, Arguments arguments) implements Expression {}

    /** {@code of} is empty where a block is filtered. */
    record Filtered(Optional<Expression> of, String name, Arguments arguments) implements Expression {}

    record Tested(Expression of, String name, Arguments arguments) implements Expression {}

    record Binary(String operator, Expression left, Expression right) implements Expression {}

    record Joined(List<Expression> parts) implements Expression {}

    /** Comparisons in a chain. */
    record Compared(Expression first, List<Comparison> others) implements Expression {}

    record Comparison(String operator, Expression with) {}

    record Signed(boolean minus, Expression of) implements Expression {}

    record And(Expression left, Expression right) implements Expression {}

    record Or(Expression left, Expression right) implements Expression {}

    record Not(Expression of) implements Expression {}

    record Conditional(Expression test, Expression then, Optional<Expression> otherwise) implements Expression {}

    record Many(List<Expression> items, boolean tuple) implements Expression {}

    record Mapping(List<Expression> keys, List<Expression> values) implements Expression {}

    /** What a function is called with. */
    record Arguments(List<Expression> values, List<Named> named) {
        static final Arguments NONE = new Arguments(List.of(), List.of());
    }

    record Named(String name, Expression value) {}
}
