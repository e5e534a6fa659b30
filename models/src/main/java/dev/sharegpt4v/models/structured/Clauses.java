package dev.sharegpt4v.models.structured;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.structured.Formula.And;
import dev.sharegpt4v.models.structured.Formula.AnyOf;
import dev.sharegpt4v.models.structured.Formula.Literal;
import dev.sharegpt4v.models.structured.Formula.Or;
import dev.sharegpt4v.models.structured.Formula.Unseen;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A formula, as far as values of one type are concerned, as a choice of lists of statements (disjunctive normal form). */
final class Clauses {

    private static final int MOST_CLAUSES = 1500;
    private static final int MOST_OPTIONS_SEEN = 6;

    private final SchemaDocument document;
    private final Budget budget;
    private final JsonType type;

    private Clauses(SchemaDocument document, Budget budget, JsonType type) {
        this.document = document;
        this.budget = budget;
        this.type = type;
    }

    static List<List<Literal>> of(Formula formula, JsonType type, SchemaDocument document, Budget budget) {
        return new Clauses(document, budget, type).clauses(formula, false);
    }

    /** With {@code notes}, options that hold together are told apart, since more is looked at then. */
    private List<List<Literal>> clauses(Formula formula, boolean notes) {
        return switch (formula) {
            case Literal literal -> literal(literal);
            case And(List<Formula> parts) -> {
                List<List<Literal>> all = List.of(List.of());
                for (Formula part : parts) {
                    if (all.isEmpty()) {
                        break;
                    }
                    all = product(all, clauses(part, notes));
                }
                yield all;
            }
            case Or(List<Formula> options) -> union(options, notes);
            case AnyOf(List<Formula> options) -> notes ? subsets(options) : union(options, false);
            case Unseen unseen -> unseen.type() == type ? unseen(unseen) : clauses(unseen.inside(), notes);
        };
    }

    private List<List<Literal>> literal(Literal literal) {
        if (literal.atom() instanceof Atom.Types(Set<JsonType> types)) {
            return types.contains(type) == literal.holds() ? List.of(List.of()) : List.of();
        }
        if (literal.atom().type() != type) {
            return literal.holds() ? List.of(List.of()) : List.of();
        }
        return List.of(List.of(literal));
    }

    private List<List<Literal>> union(List<Formula> options, boolean notes) {
        List<List<Literal>> all = new ArrayList<>();
        for (Formula option : options) {
            List<List<Literal>> more = clauses(option, notes);
            if (more.size() == 1 && more.getFirst().isEmpty() && !notes) {
                return more;
            }
            all.addAll(more);
        }
        return reduced(all);
    }

    private List<List<Literal>> subsets(List<Formula> options) {
        if (options.size() > MOST_OPTIONS_SEEN) {
            return union(options, true);
        }
        List<List<Literal>> all = new ArrayList<>();
        for (int members = 1; members < 1 << options.size(); members++) {
            List<Formula> chosen = new ArrayList<>();
            for (int i = 0; i < options.size(); i++) {
                if ((members >> i & 1) == 1) {
                    chosen.add(options.get(i));
                }
            }
            all.addAll(clauses(new And(chosen), true));
        }
        return reduced(all);
    }

    private List<List<Literal>> product(List<List<Literal>> some, List<List<Literal>> others) {
        if (others.size() == 1 && others.getFirst().isEmpty()) {
            return some;
        }
        List<List<Literal>> all = new ArrayList<>();
        for (List<Literal> one : some) {
            for (List<Literal> other : others) {
                Set<Literal> both = new LinkedHashSet<>(one);
                both.addAll(other);
                budget.spend(both.size());
                if (!isContradictory(both, other)) {
                    all.add(List.copyOf(both));
                }
            }
        }
        return reduced(all);
    }

    /** Whether one of the newer statements and any other cannot hold together; only what is plain to see. */
    private static boolean isContradictory(Set<Literal> all, List<Literal> newer) {
        for (Literal literal : newer) {
            for (Literal other : all) {
                if (literal.holds() != other.holds() && literal.atom().equals(other.atom())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Without clauses that say all that another says, and more. */
    private List<List<Literal>> reduced(List<List<Literal>> clauses) {
        if (clauses.size() > MOST_CLAUSES) {
            throw StructureException.tooComplex("", "its alternatives combine in more than " + MOST_CLAUSES + " ways");
        }
        if (clauses.size() < 2) {
            return clauses;
        }
        List<Set<Literal>> sets =
                clauses.stream().<Set<Literal>>map(HashSet::new).toList();
        List<List<Literal>> kept = new ArrayList<>();
        for (int i = 0; i < sets.size(); i++) {
            boolean covered = false;
            for (int j = 0; j < sets.size() && !covered; j++) {
                budget.spend(1);
                boolean smaller = sets.get(j).size() < sets.get(i).size()
                        || (sets.get(j).size() == sets.get(i).size() && j < i);
                covered = j != i && smaller && covers(sets.get(j), sets.get(i));
            }
            if (!covered) {
                kept.add(clauses.get(i));
            }
        }
        return kept;
    }

    /** What was looked at is not said in vain: who looked at more allows more. */
    private static boolean covers(Set<Literal> shorter, Set<Literal> longer) {
        return longer.containsAll(shorter)
                && longer.stream()
                        .noneMatch(literal -> !shorter.contains(literal)
                                && (literal.atom() instanceof Atom.SeenItems
                                        || literal.atom() instanceof Atom.SeenProperties));
    }

    private List<List<Literal>> unseen(Unseen unseen) {
        List<List<Literal>> all = new ArrayList<>();
        for (List<Literal> clause : clauses(unseen.inside(), true)) {
            List<Literal> longer = new ArrayList<>(clause);
            if (type == JsonType.OBJECT) {
                unseenProperties(clause, unseen, longer);
            } else {
                unseenItems(clause, unseen, longer);
            }
            all.add(List.copyOf(longer));
        }
        return reduced(all);
    }

    private static Literal says(Atom atom, Unseen unseen) {
        return new Literal(atom, true, unseen.pointer(), false);
    }

    private static void unseenProperties(List<Literal> clause, Unseen unseen, List<Literal> longer) {
        Set<String> names = new LinkedHashSet<>();
        List<CharDfa> patterns = new ArrayList<>();
        for (Literal literal : clause) {
            if (literal.atom() instanceof Atom.SeenProperties seen) {
                if (seen.all()) {
                    return;
                }
                names.addAll(seen.names());
                patterns.addAll(seen.patterns());
            }
        }
        longer.add(says(new Atom.Additional(names, patterns, unseen.goal()), unseen));
        longer.add(says(new Atom.SeenProperties(Set.of(), List.of(), true), unseen));
    }

    private void unseenItems(List<Literal> clause, Unseen unseen, List<Literal> longer) {
        int seen = 0;
        List<Goal> contained = new ArrayList<>();
        for (Literal literal : clause) {
            if (literal.atom() instanceof Atom.SeenItems(int count)) {
                seen = Math.max(seen, count);
            } else if (literal.atom() instanceof Atom.MinContains(Goal goal, int least) && literal.holds()) {
                contained.add(goal);
            }
        }
        if (seen == Integer.MAX_VALUE) {
            return;
        }
        Goal goal = unseen.goal();
        if (!contained.isEmpty()) {
            // What an item is contained for counts as looked at.
            ObjectNode either = JsonNodeFactory.instance.objectNode();
            either.putArray("anyOf").add(goal.schema().json());
            for (Goal one : contained) {
                if (!one.met()) {
                    throw StructureException.unsupported(
                            unseen.pointer(), "'unevaluatedItems' beside such a 'contains'");
                }
                either.withArray("anyOf").add(one.schema().json());
            }
            goal = Goal.met(document.synthetic(either, unseen.pointer()));
        }
        longer.add(says(new Atom.Items(seen, goal), unseen));
        longer.add(says(new Atom.SeenItems(Integer.MAX_VALUE), unseen));
    }
}
