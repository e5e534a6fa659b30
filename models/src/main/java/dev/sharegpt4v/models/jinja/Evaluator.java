package dev.sharegpt4v.models.jinja;

import dev.sharegpt4v.models.jinja.Expression.Arguments;
import dev.sharegpt4v.models.jinja.Expression.Comparison;
import dev.sharegpt4v.models.jinja.Expression.Named;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gives expressions their values. */
final class Evaluator {

    private final Work work;

    Evaluator(Work work) {
        this.work = work;
    }

    Value value(Expression expression, Scope scope) {
        work.step();
        work.enter();
        Value value = evaluated(expression, scope);
        work.leave();
        return value;
    }

    private Value evaluated(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.Literal(Value value) -> value;
            case Expression.Name(String name) -> scope.get(name);
            case Expression.Attribute(Expression of, String name) -> Members.attribute(value(of, scope), name, work);
            case Expression.Index(Expression of, Expression index) ->
                Members.item(value(of, scope), value(index, scope), work);
            case Expression.Slice slice -> slice(slice, scope);
            case Expression.Calling calling -> call(calling, scope, Map.of());
            case Expression.Filtered(Optional<Expression> of, String name, Arguments arguments) ->
                Filters.apply(call(name, of.map(inner -> value(inner, scope)).orElseThrow(), arguments, scope));
            case Expression.Tested(Expression of, String name, Arguments arguments) ->
                Value.Bool.of(Tests.holds(call(name, value(of, scope), arguments, scope)));
            case Expression.Binary(String operator, Expression left, Expression right) ->
                Arithmetic.of(operator, value(left, scope), value(right, scope), work);
            case Expression.Joined(List<Expression> parts) -> {
                List<Text> texts = new ArrayList<>();
                parts.forEach(part -> texts.add(Python.str(value(part, scope), work)));
                yield Text.join(texts, Text.EMPTY, work);
            }
            case Expression.Compared(Expression first, List<Comparison> others) -> compared(first, others, scope);
            case Expression.Signed(boolean minus, Expression of) -> Arithmetic.signed(minus, value(of, scope));
            case Expression.And(Expression left, Expression right) -> {
                Value first = value(left, scope);
                yield Python.truth(first) ? value(right, scope) : first;
            }
            case Expression.Or(Expression left, Expression right) -> {
                Value first = value(left, scope);
                yield Python.truth(first) ? first : value(right, scope);
            }
            case Expression.Not(Expression of) -> Value.Bool.of(!Python.truth(value(of, scope)));
            case Expression.Conditional(Expression test, Expression then, Optional<Expression> otherwise) -> {
                if (Python.truth(value(test, scope))) {
                    yield value(then, scope);
                }
                yield otherwise.isPresent() ? value(otherwise.get(), scope) : new Value.Undefined("else");
            }
            case Expression.Many(List<Expression> items, boolean tuple) -> {
                work.items(items.size());
                List<Value> values = new ArrayList<>();
                items.forEach(item -> values.add(value(item, scope)));
                yield tuple ? Value.Items.tuple(values) : Value.Items.of(values);
            }
            case Expression.Mapping(List<Expression> keys, List<Expression> values) -> {
                work.items(keys.size());
                Map<Value, Value> entries = new LinkedHashMap<>();
                for (int i = 0; i < keys.size(); i++) {
                    entries.put(Python.key(value(keys.get(i), scope)), value(values.get(i), scope));
                }
                yield Value.Dict.of(entries);
            }
        };
    }

    /** A filter whose innermost input is given. */
    Value filtered(Expression filter, Value input, Scope scope) {
        if (!(filter instanceof Expression.Filtered(Optional<Expression> of, String name, Arguments arguments))) {
            throw new IllegalStateException("no filter: " + filter + ". This is a bug.");
        }
        work.enter();
        Value inner = of.isPresent() ? filtered(of.get(), input, scope) : input;
        Value result = Filters.apply(call(name, inner, arguments, scope));
        work.leave();
        return result;
    }

    Value call(Expression.Calling calling, Scope scope, Map<String, Value> more) {
        Value function = value(calling.function(), scope);
        if (!(function instanceof Value.Function callable)) {
            throw new JinjaException(Python.type(function) + " cannot be called");
        }
        Map<String, Value> named = named(calling.arguments(), scope);
        named.putAll(more);
        return callable.call(new Call("the function", work, values(calling.arguments(), scope), named));
    }

    private Call call(String name, Value first, Arguments arguments, Scope scope) {
        List<Value> values = new ArrayList<>();
        values.add(first);
        values.addAll(values(arguments, scope));
        return new Call(name, work, values, named(arguments, scope));
    }

    private List<Value> values(Arguments arguments, Scope scope) {
        List<Value> values = new ArrayList<>();
        arguments.values().forEach(value -> values.add(value(value, scope)));
        return values;
    }

    private Map<String, Value> named(Arguments arguments, Scope scope) {
        Map<String, Value> named = new LinkedHashMap<>();
        for (Named argument : arguments.named()) {
            named.put(argument.name(), value(argument.value(), scope));
        }
        return named;
    }

    private Value compared(Expression first, List<Comparison> others, Scope scope) {
        Value left = value(first, scope);
        for (Comparison comparison : others) {
            Value right = value(comparison.with(), scope);
            if (!Arithmetic.holds(comparison.operator(), left, right, work)) {
                return Value.Bool.FALSE;
            }
            left = right;
        }
        return Value.Bool.TRUE;
    }

    private Value slice(Expression.Slice slice, Scope scope) {
        return Members.slice(
                value(slice.of(), scope),
                slice.from().map(bound -> value(bound, scope)),
                slice.to().map(bound -> value(bound, scope)),
                slice.step().map(bound -> value(bound, scope)),
                work);
    }
}
