package dev.sharegpt4v.models.structured;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.runtime.grammar.Expression;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A JSON Schema as a grammar of the texts of its instances.
 *
 * <p>All schemas that a value may have to meet are worked out first, and which of them can be met; then each is a rule.
 * What an object or array may go on with is worked out when an answer has come there, so properties may stand in any order.
 */
final class SchemaGrammar {

    private static final int MOST_RULES = 20_000;

    private final Budget budget;
    private final JsonLayout layout;
    private final Map<Goal.All, List<Shape>> shapes = new LinkedHashMap<>();
    private final Set<Goal.All> possible = new HashSet<>();
    private final Map<Goal.All, Expression.Rule> rules = new HashMap<>();

    private SchemaGrammar(JsonLayout layout, Budget budget) {
        this.layout = layout;
        this.budget = budget;
    }

    /**
     * The grammar.
     *
     * @throws StructureException with the pointer of the keyword that cannot be used
     */
    static Expression of(JsonNode schema, JsonStyle style) {
        Budget budget = new Budget();
        JsonNode closed = style.closed() ? ClosedObjects.close(schema) : schema;
        if (!closed.isObject() && !closed.isBoolean()) {
            throw StructureException.invalid("", "a schema must be an object or a boolean");
        }
        SchemaDocument document = new SchemaDocument(closed, budget);
        return new SchemaGrammar(new JsonLayout(style, budget), budget).of(document);
    }

    private Expression of(SchemaDocument document) {
        Goal.All root = Shapes.alone(document.root());
        explore(root, new Shapes(document, budget));
        findPossible();
        if (!possible.contains(root)) {
            throw StructureException.unsupported("", "the schema is met by no value that could be told");
        }
        return rule(root);
    }

    private void explore(Goal.All root, Shapes source) {
        ArrayDeque<Goal.All> open = new ArrayDeque<>(List.of(root));
        for (Goal.All next = open.poll(); next != null; next = open.poll()) {
            if (shapes.containsKey(next)) {
                continue;
            }
            if (shapes.size() >= MOST_RULES) {
                throw StructureException.tooComplex("", "the schema needs more than " + MOST_RULES + " rules");
            }
            List<Shape> found = source.of(next);
            shapes.put(next, found);
            for (Shape shape : found) {
                shape.parts().forEach(part -> {
                    budget.spend(1);
                    open.add(part);
                });
            }
        }
    }

    /** What can be met at all: each round may find more, since values hold values. */
    private void findPossible() {
        boolean grew = true;
        while (grew) {
            grew = false;
            for (Map.Entry<Goal.All, List<Shape>> entry : shapes.entrySet()) {
                budget.spend(1L + entry.getValue().size());
                boolean is = !possible.contains(entry.getKey())
                        && entry.getValue().stream().anyMatch(shape -> shape.isPossible(possible));
                grew |= is && possible.add(entry.getKey());
            }
        }
    }

    private Expression.Rule rule(Goal.All goals) {
        Expression.Rule rule = rules.get(goals);
        if (rule != null) {
            return rule;
        }
        Expression.Rule made = new Expression.Rule("value");
        rules.put(goals, made);
        List<Expression> options = new ArrayList<>();
        for (Shape shape : shapes.getOrDefault(goals, List.of())) {
            if (shape.isPossible(possible)) {
                options.add(expression(shape));
            }
        }
        made.define(Expression.choice(options));
        return made;
    }

    private Expression expression(Shape shape) {
        return switch (shape) {
            case Shape.Word(String text) -> Expression.Bytes.of(text);
            case Shape.Numeric(CharDfa numbers) -> layout.number(numbers);
            case Shape.Text(CharDfa strings, int least, int most) ->
                least == 0 && most == Integer.MAX_VALUE ? layout.string(strings) : layout.string(least, most);
            case Shape.Array array ->
                Expression.sequence(
                        Expression.Bytes.of("["), new ArrayNext(new ArrayPlan(array), ArrayRoom.Progress.START, true));
            case Shape.Dictionary dictionary ->
                Expression.sequence(
                        Expression.Bytes.of("{"), new ObjectNext(new ObjectPlan(dictionary), Members.NONE, true));
        };
    }

    /** An array's shape, and what its items are. Equal only to itself. */
    private final class ArrayPlan {
        private final Shape.Array shape;
        private final ArrayRoom room;
        private final Expression end = Expression.sequence(layout.space(), Expression.Bytes.of("]"));

        ArrayPlan(Shape.Array shape) {
            this.shape = shape;
            this.room = new ArrayRoom(shape, possible);
        }

        private Expression expand(ArrayRoom.Progress progress, boolean first) {
            List<Expression> options = new ArrayList<>();
            if (room.isComplete(progress)) {
                options.add(end);
            }
            for (int counted = 0; counted < 1 << shape.contained().size(); counted++) {
                ArrayRoom.Progress after = room.after(progress, counted);
                if (room.allows(progress, counted) && room.canEnd(after)) {
                    options.add(Expression.sequence(
                            first ? layout.space() : layout.comma(),
                            rule(room.goals(progress, counted)),
                            new ArrayNext(this, after, false)));
                }
            }
            return Expression.choice(options);
        }
    }

    /** The rest of an array. */
    private record ArrayNext(ArrayPlan plan, ArrayRoom.Progress progress, boolean first)
            implements Expression.Deferred {
        @Override
        public Expression expand() {
            return plan.expand(progress, first);
        }
    }

    /** An object's shape, and what its members are. Equal only to itself. */
    private final class ObjectPlan {
        private final Shape.Dictionary shape;
        private final Map<Integer, Expression> named = new LinkedHashMap<>();
        private final Map<Expression, Long> free = new LinkedHashMap<>();
        private final Map<Integer, Long> meets = new HashMap<>();
        private final List<Integer> required = new ArrayList<>();
        private final Set<Long> candidates = new HashSet<>();
        private final Expression end = Expression.sequence(layout.space(), Expression.Bytes.of("}"));
        private final int cap;

        ObjectPlan(Shape.Dictionary shape) {
            this.shape = shape;
            this.cap = shape.most() < Integer.MAX_VALUE ? shape.most() : shape.least();
        }

        /** Members are made when an answer comes to such an object, since schemas may hold themselves. */
        private void prepare() {
            if (!named.isEmpty() || !free.isEmpty()) {
                return;
            }
            for (int i = 0; i < shape.names().size(); i++) {
                if (possible.contains(shape.goals(i))) {
                    meets.put(i, shape.meets(shape.names().get(i)));
                    candidates.add(shape.meets(shape.names().get(i)));
                    if (shape.isRequired(i)) {
                        required.add(i);
                    }
                    named.put(i, member(layout.name(shape.names().get(i), new Budget()), shape.goals(i)));
                }
            }
            for (Shape.Free one : shape.free()) {
                if (possible.contains(one.goals())) {
                    free.put(member(layout.string(one.names()), one.goals()), one.meets());
                    candidates.add(one.meets());
                }
            }
        }

        private Expression member(Expression name, Goal.All goals) {
            return Expression.sequence(name, layout.colon(), rule(goals));
        }

        private Expression expand(Members members, boolean first) {
            prepare();
            // What is left once one more is there.
            int room = shape.most() - members.count() - 1;
            List<Expression> options = new ArrayList<>();
            named.forEach((name, member) -> {
                Members after = members.with(name, cap, meets.getOrDefault(name, 0L));
                if (!members.has(name) && room >= missing(after)) {
                    options.add(Expression.sequence(member, new ObjectNext(this, after, false)));
                }
            });
            free.forEach((member, met) -> {
                Members after = members.withOne(cap, met);
                if (room >= missing(after)) {
                    options.add(Expression.sequence(member, new ObjectNext(this, after, false)));
                }
            });
            Expression more = Expression.sequence(first ? layout.space() : layout.comma(), Expression.choice(options));
            boolean ends = missing(members) == 0 && members.count() >= shape.least();
            if (options.isEmpty()) {
                return end;
            }
            return ends ? Expression.choice(List.of(end, more)) : more;
        }

        /** How many must still come: required names, and one for each need that those do not meet. */
        private int missing(Members members) {
            int missing = 0;
            long met = members.met();
            for (int name : required) {
                if (!members.has(name)) {
                    missing++;
                    met |= meets.getOrDefault(name, 0L);
                }
            }
            long pending = shape.needs() & ~met;
            return pending == 0 ? missing : missing + Shape.Dictionary.cover(pending, candidates);
        }
    }

    /** The rest of an object. */
    private record ObjectNext(ObjectPlan plan, Members members, boolean first) implements Expression.Deferred {
        @Override
        public Expression expand() {
            return plan.expand(members, first);
        }
    }
}
