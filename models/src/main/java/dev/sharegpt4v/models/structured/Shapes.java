package dev.sharegpt4v.models.structured;

import dev.sharegpt4v.models.structured.Formula.Literal;
import dev.sharegpt4v.models.structured.SchemaDocument.Schema;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What shapes values have that reach some goals at once. Works each set of goals out once. */
final class Shapes {

    private static final int DISJOINT_DEPTH = 3;
    private static final int MOST_CLASSES = 64;
    private static final int MOST_NEEDS = 16;
    private static final int MOST_PLACES_TOLD = 1024;

    private final SchemaDocument document;
    private final Budget budget;
    private final SchemaReader reader;
    private final Map<Goal.All, List<Shape>> known = new HashMap<>();
    private final Set<Goal.All> open = new HashSet<>();

    Shapes(SchemaDocument document, Budget budget) {
        this.document = document;
        this.budget = budget;
        this.reader = new SchemaReader(document, budget, this::overlap);
    }

    /** The shapes; none where no value reaches all goals. */
    List<Shape> of(Goal.All goals) {
        List<Shape> shapes = known.get(goals);
        if (shapes == null) {
            open.add(goals);
            try {
                shapes = work(goals);
            } finally {
                open.remove(goals);
            }
            known.put(goals, shapes);
        }
        return shapes;
    }

    private List<Shape> work(Goal.All goals) {
        List<Formula> formulas = new ArrayList<>();
        for (Goal goal : goals.goals()) {
            formulas.add(reader.formula(goal));
        }
        String place =
                goals.goals().isEmpty() ? "" : goals.goals().getFirst().schema().pointer();
        List<Shape> shapes = new ArrayList<>();
        try {
            for (JsonType type : JsonType.values()) {
                for (List<Literal> clause : Clauses.of(new Formula.And(formulas), type, document, budget)) {
                    add(type, clause, shapes);
                }
            }
        } catch (StructureException e) {
            throw e.at(place);
        }
        return List.copyOf(shapes);
    }

    private void add(JsonType type, List<Literal> clause, List<Shape> shapes) {
        switch (type) {
            case NULL -> shapes.add(new Shape.Word("null"));
            case BOOLEAN -> {
                for (boolean value : new boolean[] {true, false}) {
                    if (clause.stream()
                            .allMatch(literal -> literal.atom() instanceof Atom.Truth(boolean told)
                                    && (told == value) == literal.holds())) {
                        shapes.add(new Shape.Word(Boolean.toString(value)));
                    }
                }
            }
            case NUMBER -> {
                CharDfa numbers = numbers(clause);
                if (!numbers.isEmpty()) {
                    shapes.add(new Shape.Numeric(numbers));
                }
            }
            case STRING -> text(clause, shapes);
            case ARRAY -> new ArrayBuilder(clause).build(shapes);
            case OBJECT -> object(clause, shapes);
        }
    }

    private CharDfa numbers(List<Literal> clause) {
        boolean opposites = clause.stream().anyMatch(literal -> !literal.holds());
        CharDfa numbers = opposites ? Numbers.PLAIN : Numbers.ANY;
        for (Literal literal : clause) {
            if (literal.atom() instanceof Atom.NumberIn(CharDfa told)) {
                numbers = literal.holds() ? numbers.and(told, budget) : numbers.minus(told, budget);
            }
        }
        return numbers;
    }

    private void text(List<Literal> clause, List<Shape> shapes) {
        CharDfa strings = CharDfa.ANY;
        int least = 0;
        int most = Integer.MAX_VALUE;
        for (Literal literal : clause) {
            switch (literal.atom()) {
                case Atom.StringIn(CharDfa told) ->
                    strings = literal.holds() ? strings.and(told, budget) : strings.minus(told, budget);
                case Atom.MinLength(int told) -> {
                    least = literal.holds() ? Math.max(least, told) : least;
                    most = literal.holds() ? most : Math.min(most, told - 1);
                }
                case Atom.MaxLength(int told) -> {
                    most = literal.holds() ? Math.min(most, told) : most;
                    least = literal.holds() ? least : Math.max(least, told + 1);
                }
                default -> throw unexpected(literal);
            }
        }
        if (least > most || strings.isEmpty()) {
            return;
        }
        boolean bounded = least > 0 || most < Integer.MAX_VALUE;
        if (bounded && strings != CharDfa.ANY) {
            int longest = most == Integer.MAX_VALUE ? Regex.UNBOUNDED : most;
            strings = strings.and(CharDfa.ofLength(least, longest, budget), budget);
            least = 0;
            most = Integer.MAX_VALUE;
        }
        if (!strings.isEmpty()) {
            shapes.add(new Shape.Text(strings, least, most));
        }
    }

    /** The strings that reach some goals, as a set. */
    private CharDfa strings(Goal.All goals) {
        CharDfa all = CharDfa.NONE;
        for (Shape shape : of(goals)) {
            if (shape instanceof Shape.Text(CharDfa strings, int least, int most)) {
                boolean bounded = least > 0 || most < Integer.MAX_VALUE;
                int longest = most == Integer.MAX_VALUE ? Regex.UNBOUNDED : most;
                CharDfa those = bounded ? strings.and(CharDfa.ofLength(least, longest, budget), budget) : strings;
                all = all.or(those, budget);
            }
        }
        return all;
    }

    private static IllegalStateException unexpected(Literal literal) {
        return new IllegalStateException(literal.atom() + " stands in the wrong clause. This is a bug.");
    }

    /** Collects what a clause says of arrays. */
    private static final class ArrayBuilder {
        private final List<Literal> clause;
        private final Map<Integer, Goal.All> items = new HashMap<>();
        private final List<Atom.Items> rests = new ArrayList<>();
        private final List<Shape.Contained> contained = new ArrayList<>();
        private int least;
        private int most = Integer.MAX_VALUE;
        private boolean possible = true;
        private String unique = "";

        ArrayBuilder(List<Literal> clause) {
            this.clause = clause;
        }

        void build(List<Shape> shapes) {
            Map<Goal, int[]> counts = new LinkedHashMap<>();
            for (Literal literal : clause) {
                read(literal, counts);
            }
            counts.forEach((goal, bounds) -> contain(goal, 0, bounds[0], bounds[1]));
            if (!possible || least > most) {
                return;
            }
            if (!unique.isEmpty() && most > 1) {
                throw StructureException.unsupported(unique, "'uniqueItems' where there may be more than one item");
            }
            int length = 0;
            for (int index : items.keySet()) {
                length = Math.max(length, index + 1);
            }
            for (Atom.Items rest : rests) {
                length = Math.max(length, rest.from());
            }
            List<Goal.All> prefix = new ArrayList<>();
            for (int i = 0; i < length; i++) {
                prefix.add(rest(i).and(items.getOrDefault(i, Goal.All.NONE)));
            }
            Shape.Array array = new Shape.Array(prefix, rest(length), least, most, contained);
            if (!contained.isEmpty() && array.cap() > MOST_PLACES_TOLD) {
                throw StructureException.tooComplex("", "'contains' beside bounds of more than " + MOST_PLACES_TOLD);
            }
            shapes.add(array);
        }

        private Goal.All rest(int index) {
            Goal.All goals = Goal.All.NONE;
            for (Atom.Items rest : rests) {
                goals = index >= rest.from() ? goals.and(rest.goal()) : goals;
            }
            return goals;
        }

        private void contain(Goal goal, int from, int fewest, int greatest) {
            if (fewest == 0 && greatest == Integer.MAX_VALUE) {
                return;
            }
            boolean tooMany = contained.size() == ArrayRoom.MOST_CONTAINED
                    || fewest > ArrayRoom.MOST_COUNT
                    || (greatest > ArrayRoom.MOST_COUNT && greatest < Integer.MAX_VALUE);
            if (tooMany) {
                throw StructureException.tooComplex(
                        goal.schema().pointer(), "an array must contain too many different things");
            }
            possible &= fewest <= greatest;
            contained.add(new Shape.Contained(goal, from, fewest, greatest));
        }

        private void read(Literal literal, Map<Goal, int[]> counts) {
            boolean holds = literal.holds();
            switch (literal.atom()) {
                case Atom.Item(int index, Goal goal) -> {
                    least = holds ? least : Math.max(least, index + 1);
                    items.merge(index, Goal.All.of(holds ? goal : goal.negated(literal.loose())), Goal.All::and);
                }
                case Atom.Items items when holds -> rests.add(items);
                case Atom.Items(int from, Goal goal) ->
                    contain(goal.negated(literal.loose()), from, 1, Integer.MAX_VALUE);
                case Atom.MinItems(int told) -> {
                    least = holds ? Math.max(least, told) : least;
                    most = holds ? most : Math.min(most, told - 1);
                }
                case Atom.MaxItems(int told) -> {
                    most = holds ? Math.min(most, told) : most;
                    least = holds ? least : Math.max(least, told + 1);
                }
                case Atom.MinContains(Goal goal, int told) -> bound(counts, goal, holds, told, true);
                case Atom.MaxContains(Goal goal, int told) -> bound(counts, goal, holds, told, false);
                case Atom.Unique() -> {
                    if (holds) {
                        unique = literal.pointer();
                    } else {
                        throw StructureException.unsupported(literal.pointer(), "the opposite of 'uniqueItems'");
                    }
                }
                case Atom.SeenItems _ -> {}
                default -> throw unexpected(literal);
            }
        }

        private static void bound(Map<Goal, int[]> counts, Goal goal, boolean holds, int told, boolean isLeast) {
            int[] bounds = counts.computeIfAbsent(goal, key -> new int[] {0, Integer.MAX_VALUE});
            if (isLeast == holds) {
                bounds[0] = Math.max(bounds[0], holds ? told : told + 1);
            } else {
                bounds[1] = Math.min(bounds[1], holds ? told : told - 1);
            }
        }
    }

    private void object(List<Literal> clause, List<Shape> shapes) {
        for (Literal literal : clause) {
            boolean exists = !literal.holds()
                    && (literal.atom() instanceof Atom.Pattern
                            || literal.atom() instanceof Atom.Additional
                            || literal.atom() instanceof Atom.Names);
            if (exists && (isClosed(clause) || !saysNothingOfValues(literal.atom()))) {
                someProperty(literal, clause, shapes);
                return;
            }
        }
        new ObjectBuilder(clause).build(shapes);
    }

    /** Whether a rule is for names alone: then one name more breaks it, whatever its value and however often it comes. */
    private static boolean saysNothingOfValues(Atom atom) {
        return atom instanceof Atom.Names
                || (atom instanceof Atom.Pattern pattern && isNothing(pattern.goal()))
                || (atom instanceof Atom.Additional additional && isNothing(additional.goal()));
    }

    private static boolean isClosed(List<Literal> clause) {
        return clause.stream()
                .anyMatch(literal -> literal.atom() instanceof Atom.Additional additional
                        && literal.holds()
                        && additional.patterns().isEmpty()
                        && isNothing(additional.goal()));
    }

    /** A property must be there that breaks a rule for many: one of those that can be there at all. */
    private void someProperty(Literal rule, List<Literal> clause, List<Shape> shapes) {
        Set<String> names = new LinkedHashSet<>();
        boolean closed = false;
        for (Literal literal : clause) {
            if (literal.atom() instanceof Atom.Additional additional
                    && literal.holds()
                    && additional.patterns().isEmpty()
                    && isNothing(additional.goal())) {
                closed = true;
                names.addAll(additional.names());
            }
        }
        if (!closed && rule.loose()) {
            return;
        }
        if (!closed) {
            throw StructureException.unsupported(rule.pointer(), "the opposite of a rule for any number of names");
        }
        for (String name : names) {
            budget.spend(clause.size());
            List<Literal> told = new ArrayList<>(clause);
            told.remove(rule);
            told.add(new Literal(new Atom.Required(name), true, rule.pointer(), false));
            Goal goal = null;
            boolean concerned = true;
            switch (rule.atom()) {
                case Atom.Pattern(CharDfa dfa, Goal each) -> {
                    concerned = dfa.matches(name);
                    goal = each;
                }
                case Atom.Additional additional -> {
                    concerned = additional.speaksOf(name);
                    goal = additional.goal();
                }
                case Atom.Names(Goal each) ->
                    concerned = !strings(Goal.All.of(each)).matches(name);
                default -> throw unexpected(rule);
            }
            if (concerned) {
                if (goal != null) {
                    Atom breaks = new Atom.Property(name, goal.negated(rule.loose()));
                    told.add(new Literal(breaks, true, rule.pointer(), false));
                }
                object(told, shapes);
            }
        }
    }

    private static boolean isNothing(Goal goal) {
        boolean never =
                goal.schema().json().isBoolean() && !goal.schema().json().booleanValue();
        return never && goal.met();
    }

    /** Collects what a clause says of objects. */
    private final class ObjectBuilder {
        private final Set<String> names = new LinkedHashSet<>();
        private final Set<String> required = new LinkedHashSet<>();
        private final Set<String> forbidden = new HashSet<>();
        private final Map<String, Goal.All> named = new HashMap<>();
        private final List<Atom.Pattern> patterns = new ArrayList<>();
        private final List<Atom.Additional> additional = new ArrayList<>();
        private final List<CharDfa> needs = new ArrayList<>();
        private CharDfa allowed = CharDfa.ANY;
        private int least;
        private int most = Integer.MAX_VALUE;
        private String leastPlace = "";

        ObjectBuilder(List<Literal> clause) {
            clause.forEach(this::read);
        }

        private void read(Literal literal) {
            boolean holds = literal.holds();
            switch (literal.atom()) {
                case Atom.Required(String name) -> {
                    names.add(name);
                    (holds ? required : forbidden).add(name);
                }
                case Atom.Property(String name, Goal goal) -> {
                    names.add(name);
                    named.merge(name, Goal.All.of(holds ? goal : goal.negated(literal.loose())), Goal.All::and);
                    if (!holds) {
                        required.add(name);
                    }
                }
                case Atom.Pattern pattern -> {
                    if (holds) {
                        patterns.add(pattern);
                    } else {
                        needs.add(pattern.names());
                    }
                }
                case Atom.Additional rest -> {
                    names.addAll(rest.names());
                    if (holds) {
                        additional.add(rest);
                    } else {
                        CharDfa others = CharDfa.ANY.minus(CharDfa.of(rest.names(), budget), budget);
                        for (CharDfa pattern : rest.patterns()) {
                            others = others.minus(pattern, budget);
                        }
                        needs.add(others);
                    }
                }
                case Atom.Names(Goal goal) -> {
                    CharDfa told = strings(Goal.All.of(goal));
                    allowed = holds ? allowed.and(told, budget) : allowed;
                    if (!holds) {
                        needs.add(told.not(budget));
                    }
                }
                case Atom.MinProperties(int told) -> {
                    least = holds ? Math.max(least, told) : least;
                    most = holds ? most : Math.min(most, told - 1);
                    leastPlace = literal.pointer();
                }
                case Atom.MaxProperties(int told) -> {
                    most = holds ? Math.min(most, told) : most;
                    least = holds ? least : Math.max(least, told + 1);
                    leastPlace = holds ? leastPlace : literal.pointer();
                }
                case Atom.SeenProperties _ -> {}
                default -> throw unexpected(literal);
            }
        }

        void build(List<Shape> shapes) {
            if (least > most || required.size() > most || required.stream().anyMatch(forbidden::contains)) {
                return;
            }
            Map<String, Goal.All> goals = new LinkedHashMap<>();
            for (String name : names) {
                budget.spend(1L + patterns.size() + additional.size());
                if (forbidden.contains(name) || !allowed.matches(name)) {
                    if (required.contains(name)) {
                        return;
                    }
                } else {
                    goals.put(name, goalsOf(name));
                }
            }
            List<Shape.Free> free = free();
            if (least > Math.max(1, required.size()) && !free.isEmpty()) {
                throw StructureException.unsupported(
                        leastPlace, "so many properties where their names are free, since names might be repeated");
            }
            if (needs.size() > MOST_NEEDS) {
                throw StructureException.tooComplex("", "too many rules for names must be broken at once");
            }
            shapes.add(new Shape.Dictionary(goals, required, free, needs, least, most));
        }

        private Goal.All goalsOf(String name) {
            Goal.All goals = named.getOrDefault(name, Goal.All.NONE);
            for (Atom.Pattern pattern : patterns) {
                goals = pattern.names().matches(name) ? goals.and(pattern.goal()) : goals;
            }
            for (Atom.Additional rest : additional) {
                goals = rest.speaksOf(name) ? goals.and(rest.goal()) : goals;
            }
            return goals;
        }

        /** All other names, by which patterns they match. */
        private List<Shape.Free> free() {
            Set<CharDfa> all = new LinkedHashSet<>();
            patterns.forEach(pattern -> all.add(pattern.names()));
            additional.forEach(rest -> all.addAll(rest.patterns()));
            all.addAll(needs);
            boolean closed =
                    additional.stream().anyMatch(rest -> rest.patterns().isEmpty() && isNothing(rest.goal()));
            if (closed) {
                return List.of();
            }
            record Part(CharDfa names, Set<CharDfa> matched) {}
            List<Part> parts = new ArrayList<>();
            parts.add(new Part(allowed.minus(CharDfa.of(names, budget), budget), Set.of()));
            for (CharDfa pattern : all) {
                List<Part> finer = new ArrayList<>();
                for (Part part : parts) {
                    Set<CharDfa> matched = new HashSet<>(part.matched());
                    matched.add(pattern);
                    finer.add(new Part(part.names().and(pattern, budget), matched));
                    finer.add(new Part(part.names().minus(pattern, budget), part.matched()));
                }
                finer.removeIf(part -> part.names().isEmpty());
                if (finer.size() > MOST_CLASSES) {
                    throw StructureException.tooComplex("", "its patterns overlap in too many ways");
                }
                parts = finer;
            }
            List<Shape.Free> free = new ArrayList<>();
            for (Part part : parts) {
                Goal.All goals = Goal.All.NONE;
                for (Atom.Pattern pattern : patterns) {
                    goals = part.matched().contains(pattern.names()) ? goals.and(pattern.goal()) : goals;
                }
                for (Atom.Additional rest : additional) {
                    boolean concerned = rest.patterns().stream().noneMatch(part.matched()::contains);
                    goals = concerned ? goals.and(rest.goal()) : goals;
                }
                boolean possible =
                        !part.names().isEmpty() && goals.goals().stream().noneMatch(Shapes::isNothing);
                if (possible) {
                    long meets = 0;
                    for (int i = 0; i < needs.size(); i++) {
                        meets |= part.matched().contains(needs.get(i)) ? 1L << i : 0;
                    }
                    free.add(new Shape.Free(part.names(), goals, meets));
                }
            }
            return free;
        }
    }

    /** Of which types there may be values that reach both; looks only so deep. */
    private Set<JsonType> overlap(Goal one, Goal other) {
        Goal.All both = Goal.All.of(one).and(other);
        Set<JsonType> types = EnumSet.noneOf(JsonType.class);
        if (open.contains(both)) {
            return EnumSet.allOf(JsonType.class);
        }
        try {
            for (Shape shape : of(both)) {
                if (!types.contains(shape.type()) && !isEmpty(shape, DISJOINT_DEPTH)) {
                    types.add(shape.type());
                }
            }
        } catch (StructureException e) {
            // Who cannot be told apart by it is told apart otherwise, or refused there.
            return EnumSet.allOf(JsonType.class);
        }
        return types;
    }

    private boolean isEmpty(Goal.All goals, int depth) {
        if (depth == 0 || open.contains(goals)) {
            return false;
        }
        budget.spend(100);
        List<Shape> shapes;
        try {
            shapes = of(goals);
        } catch (StructureException e) {
            // Who cannot be told apart by it is told apart otherwise, or refused there.
            return false;
        }
        return shapes.stream().allMatch(shape -> isEmpty(shape, depth - 1));
    }

    private boolean isEmpty(Shape shape, int depth) {
        return switch (shape) {
            case Shape.Dictionary dictionary -> {
                boolean empty = false;
                for (int i = 0; i < dictionary.names().size() && !empty; i++) {
                    empty = dictionary.isRequired(i) && isEmpty(dictionary.goals(i), depth);
                }
                yield empty;
            }
            case Shape.Array array -> {
                boolean empty = false;
                for (int i = 0; i < array.least() && i < array.prefixLength() && !empty; i++) {
                    empty = isEmpty(array.item(i), depth);
                }
                yield empty;
            }
            case Shape.Word _, Shape.Numeric _, Shape.Text _ -> false;
        };
    }

    /** A schema by itself. */
    static Goal.All alone(Schema schema) {
        return Goal.All.of(Goal.met(schema));
    }
}
