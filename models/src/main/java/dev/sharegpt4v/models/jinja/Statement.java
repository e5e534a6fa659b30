package dev.sharegpt4v.models.jinja;

import java.util.List;
import java.util.Optional;

/** What a template does. */
sealed interface Statement {

    record Data(Text text) implements Statement {}

    record Print(Expression value, int line) implements Statement {}

    record If(List<Branch> branches, List<Statement> otherwise) implements Statement {}

    record Branch(Expression test, List<Statement> body) {}

    record For(
            Target target,
            Expression over,
            Optional<Expression> filter,
            List<Statement> body,
            List<Statement> otherwise,
            int line)
            implements Statement {}

    record Set(Target target, Expression value, int line) implements Statement {}

    record SetBlock(Target target, Optional<Expression> filter, List<Statement> body) implements Statement {}

    record Macro(String name, List<Parameter> parameters, List<Statement> body) implements Statement {}

    record CallBlock(List<Parameter> parameters, Expression.Calling call, List<Statement> body, int line)
            implements Statement {}

    record FilterBlock(Expression filter, List<Statement> body) implements Statement {}

    /** {@code with}, whose names end with it; {@code generation} has none and ends none. */
    record With(List<Set> names, List<Statement> body) implements Statement {}

    record Break() implements Statement {}

    record Continue() implements Statement {}

    record Parameter(String name, Optional<Expression> otherwise) {}

    /** Where a value is put. */
    sealed interface Target {
        record Names(List<String> names, boolean unpacks) implements Target {}

        record Member(String namespace, String name) implements Target {}
    }
}
