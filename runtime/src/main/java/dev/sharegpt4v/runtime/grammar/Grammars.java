package dev.sharegpt4v.runtime.grammar;

import dev.sharegpt4v.runtime.grammar.Expression.Bytes;
import dev.sharegpt4v.runtime.grammar.Expression.Choice;
import dev.sharegpt4v.runtime.grammar.Expression.Deferred;
import dev.sharegpt4v.runtime.grammar.Expression.Regular;
import dev.sharegpt4v.runtime.grammar.Expression.Repetition;
import dev.sharegpt4v.runtime.grammar.Expression.Rule;
import dev.sharegpt4v.runtime.grammar.Expression.Sequence;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the automaton demands of a grammar of rules, for grammars that strangers wrote. */
public final class Grammars {

    private final Set<Rule> rules;
    private final Set<Rule> ending = new HashSet<>();
    private final Set<Rule> nullable = new HashSet<>();

    private Grammars(Rule root) {
        this.rules = reachable(root);
    }

    /** Of all rules that the root uses, one that no text can ever complete. */
    public static Optional<Rule> endless(Rule root) {
        Grammars grammar = new Grammars(root);
        grammar.grow(grammar.ending, grammar::ends);
        return grammar.rules.stream()
                .filter(rule -> !grammar.ending.contains(rule))
                .findFirst();
    }

    /** Of all rules that the root uses, one that begins with itself. */
    public static Optional<Rule> leftRecursive(Rule root) {
        Grammars grammar = new Grammars(root);
        grammar.grow(grammar.nullable, grammar::isNullable);
        return grammar.leftRecursive();
    }

    private interface Property {
        boolean holds(Expression expression);
    }

    private void grow(Set<Rule> found, Property property) {
        boolean grew = true;
        while (grew) {
            grew = false;
            for (Rule rule : rules) {
                grew |= !found.contains(rule) && property.holds(rule.body()) && found.add(rule);
            }
        }
    }

    private static Set<Rule> reachable(Rule root) {
        Set<Rule> found = new LinkedHashSet<>();
        ArrayDeque<Expression> open = new ArrayDeque<>(List.of(root));
        for (Expression next = open.poll(); next != null; next = open.poll()) {
            switch (next) {
                case Rule rule -> {
                    if (found.add(rule)) {
                        open.add(rule.body());
                    }
                }
                case Sequence sequence -> open.addAll(sequence.parts());
                case Choice choice -> open.addAll(choice.options());
                case Repetition repetition -> open.add(repetition.part());
                case Bytes _, Regular _, Deferred _ -> {}
            }
        }
        return found;
    }

    private boolean ends(Expression expression) {
        return switch (expression) {
            case Rule rule -> ending.contains(rule);
            case Sequence sequence -> sequence.parts().stream().allMatch(this::ends);
            case Choice choice -> choice.options().stream().anyMatch(this::ends);
            case Repetition repetition -> repetition.least() == 0 || ends(repetition.part());
            case Bytes _, Regular _, Deferred _ -> true;
        };
    }

    private boolean isNullable(Expression expression) {
        return switch (expression) {
            case Rule rule -> nullable.contains(rule);
            case Sequence sequence -> sequence.parts().stream().allMatch(this::isNullable);
            case Choice choice -> choice.options().stream().anyMatch(this::isNullable);
            case Repetition repetition -> repetition.least() == 0 || isNullable(repetition.part());
            case Regular regular -> regular.automaton().accepts(regular.state());
            case Bytes _, Deferred _ -> false;
        };
    }

    /** The rules that may stand first. */
    private void firsts(Expression expression, Collection<Rule> found) {
        switch (expression) {
            case Rule rule -> found.add(rule);
            case Sequence sequence -> {
                for (Expression part : sequence.parts()) {
                    firsts(part, found);
                    if (!isNullable(part)) {
                        break;
                    }
                }
            }
            case Choice choice -> choice.options().forEach(option -> firsts(option, found));
            case Repetition repetition -> firsts(repetition.part(), found);
            case Bytes _, Regular _, Deferred _ -> {}
        }
    }

    private Optional<Rule> leftRecursive() {
        Map<Rule, List<Rule>> edges = new HashMap<>();
        for (Rule rule : rules) {
            List<Rule> found = new ArrayList<>();
            firsts(rule.body(), found);
            edges.put(rule, found);
        }
        for (Rule rule : rules) {
            Set<Rule> seen = new HashSet<>();
            ArrayDeque<Rule> open = new ArrayDeque<>(edges.getOrDefault(rule, List.of()));
            for (Rule next = open.poll(); next != null; next = open.poll()) {
                if (next == rule) {
                    return Optional.of(rule);
                }
                if (seen.add(next)) {
                    open.addAll(edges.getOrDefault(next, List.of()));
                }
            }
        }
        return Optional.empty();
    }
}
