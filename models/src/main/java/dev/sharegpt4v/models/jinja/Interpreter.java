package dev.sharegpt4v.models.jinja;

import dev.sharegpt4v.models.jinja.Statement.Branch;
import dev.sharegpt4v.models.jinja.Statement.Parameter;
import dev.sharegpt4v.models.jinja.Statement.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Does what statements say. */
final class Interpreter {

    private static final int DEEPEST_CALLS = 20;

    /** What comes next. */
    private enum Flow {
        ON,
        BREAK,
        CONTINUE
    }

    private final Work work;
    private final Evaluator evaluator;
    private int calls;

    Interpreter(Work work) {
        this.work = work;
        this.evaluator = new Evaluator(work);
    }

    Text run(List<Statement> body, Scope scope) {
        Text.Builder out = new Text.Builder();
        run(body, scope, out);
        return out.build();
    }

    private Flow run(List<Statement> body, Scope scope, Text.Builder out) {
        for (Statement statement : body) {
            work.step();
            Flow flow = run(statement, scope, out);
            if (flow != Flow.ON) {
                return flow;
            }
        }
        return Flow.ON;
    }

    private Flow run(Statement statement, Scope scope, Text.Builder out) {
        switch (statement) {
            case Statement.Data(Text text) -> out.append(text, work);
            case Statement.Print(Expression value, int line) ->
                at(line, () -> out.append(Python.str(evaluator.value(value, scope), work), work));
            case Statement.If condition -> {
                return condition(condition, scope, out);
            }
            case Statement.For loop -> {
                return loop(loop, scope, out);
            }
            case Statement.Set(Target target, Expression value, int line) ->
                at(line, () -> assign(target, evaluator.value(value, scope), scope));
            case Statement.SetBlock(Target target, Optional<Expression> filter, List<Statement> body) ->
                assign(target, filtered(filter, run(body, scope.inner()), scope), scope);
            case Statement.Macro(String name, List<Parameter> parameters, List<Statement> body) ->
                scope.set(name, macro(name, parameters, body, scope));
            case Statement.CallBlock block -> at(block.line(), () -> called(block, scope, out));
            case Statement.FilterBlock(Expression filter, List<Statement> body) ->
                out.append(Python.str(evaluator.filtered(filter, run(body, scope.inner()), scope), work), work);
            case Statement.With(List<Statement.Set> names, List<Statement> body) -> {
                Scope inner = scope.inner();
                for (Statement.Set name : names) {
                    assign(name.target(), evaluator.value(name.value(), scope), inner);
                }
                return run(body, inner, out);
            }
            case Statement.Break _ -> {
                return Flow.BREAK;
            }
            case Statement.Continue _ -> {
                return Flow.CONTINUE;
            }
        }
        return Flow.ON;
    }

    private Flow condition(Statement.If condition, Scope scope, Text.Builder out) {
        for (Branch branch : condition.branches()) {
            if (Python.truth(evaluator.value(branch.test(), scope))) {
                return run(branch.body(), scope, out);
            }
        }
        return run(condition.otherwise(), scope, out);
    }

    private Flow loop(Statement.For loop, Scope scope, Text.Builder out) {
        List<Value> all = new ArrayList<>();
        at(loop.line(), () -> all.addAll(items(loop, scope)));
        Value.Loop state = new Value.Loop(all);
        for (int i = 0; i < all.size(); i++) {
            work.step();
            state.index = i;
            Scope inner = scope.inner();
            assign(loop.target(), all.get(i), inner);
            inner.set("loop", state);
            if (run(loop.body(), inner, out) == Flow.BREAK) {
                break;
            }
        }
        return all.isEmpty() ? run(loop.otherwise(), scope.inner(), out) : Flow.ON;
    }

    private List<Value> items(Statement.For loop, Scope scope) {
        List<Value> all = Python.iterate(evaluator.value(loop.over(), scope), work);
        work.items(all.size());
        if (loop.filter().isEmpty()) {
            return all;
        }
        List<Value> kept = new ArrayList<>();
        for (Value value : all) {
            Scope inner = scope.inner();
            assign(loop.target(), value, inner);
            if (Python.truth(evaluator.value(loop.filter().get(), inner))) {
                kept.add(value);
            }
        }
        return kept;
    }

    private void assign(Target target, Value value, Scope scope) {
        switch (target) {
            case Target.Names(List<String> names, boolean unpacks) -> {
                if (!unpacks) {
                    scope.set(names.getFirst(), value);
                    return;
                }
                List<Value> values = Python.iterate(value, work);
                if (values.size() != names.size()) {
                    throw new JinjaException(values.size() + " values cannot be given " + names.size() + " names");
                }
                for (int i = 0; i < names.size(); i++) {
                    scope.set(names.get(i), values.get(i));
                }
            }
            case Target.Member(String name, String member) -> {
                if (!(scope.get(name) instanceof Value.Namespace namespace)) {
                    throw new JinjaException("'" + name + "' is no namespace");
                }
                if (member.startsWith("_")) {
                    throw new JinjaException("a namespace's names cannot begin with '_'");
                }
                namespace.members.put(member, value);
            }
        }
    }

    private Value filtered(Optional<Expression> filter, Value value, Scope scope) {
        return filter.isEmpty() ? value : evaluator.filtered(filter.get(), value, scope);
    }

    private Value.Function macro(String name, List<Parameter> parameters, List<Statement> body, Scope scope) {
        return call -> {
            if (++calls > DEEPEST_CALLS) {
                throw new JinjaException("macros call one another too deeply");
            }
            Scope inner = scope.inner();
            Map<String, Value> named = new LinkedHashMap<>(call.named());
            Value caller = named.remove("caller");
            inner.set("caller", caller == null ? new Value.Undefined("caller") : caller);
            for (int i = 0; i < parameters.size(); i++) {
                Parameter parameter = parameters.get(i);
                Value given = named.remove(parameter.name());
                if (i < call.values().size()) {
                    given = call.values().get(i);
                }
                if (given == null) {
                    given = parameter.otherwise().isPresent()
                            ? evaluator.value(parameter.otherwise().get(), inner)
                            : new Value.Undefined(parameter.name());
                }
                inner.set(parameter.name(), given);
            }
            if (!named.isEmpty() || call.values().size() > parameters.size()) {
                throw new JinjaException("macro '" + name + "' takes no more than " + parameters.size() + " arguments");
            }
            Text text = run(body, inner);
            calls--;
            return text;
        };
    }

    private void called(Statement.CallBlock block, Scope scope, Text.Builder out) {
        Value.Function caller = macro("caller", block.parameters(), block.body(), scope);
        Value result = evaluator.call(block.call(), scope, Map.of("caller", caller));
        out.append(Python.str(result, work), work);
    }

    /** Errors say on which line they are. */
    private static void at(int line, Runnable work) {
        try {
            work.run();
        } catch (JinjaException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith("line ") || e instanceof JinjaException.Raised
                    ? e
                    : JinjaException.at(line, message);
        }
    }
}
