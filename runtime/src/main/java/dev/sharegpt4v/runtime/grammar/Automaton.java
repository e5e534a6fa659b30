package dev.sharegpt4v.runtime.grammar;

import dev.sharegpt4v.runtime.grammar.Expression.Bytes;
import dev.sharegpt4v.runtime.grammar.Expression.Choice;
import dev.sharegpt4v.runtime.grammar.Expression.Deferred;
import dev.sharegpt4v.runtime.grammar.Expression.Regular;
import dev.sharegpt4v.runtime.grammar.Expression.Repetition;
import dev.sharegpt4v.runtime.grammar.Expression.Rule;
import dev.sharegpt4v.runtime.grammar.Expression.Sequence;
import dev.sharegpt4v.runtime.grammar.Stacks.Frame;
import dev.sharegpt4v.runtime.grammar.Stacks.Stack;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A non-deterministic pushdown automaton that is made deterministic as it is used: each set of stacks that was met is one
 * {@link State}, and each step from it is worked out once. One thread at a time.
 */
final class Automaton {

    /** Heads that wait for a byte, and whether the text may end here. */
    static final class State {
        private final Stack waiting;
        private final Transitions next = new Transitions();
        private long @Nullable [] mask;
        private long @Nullable [] startMask;

        State(Stack waiting) {
            this.waiting = waiting;
        }

        boolean accepts() {
            return waiting.bottom();
        }

        /** The tokens that may come next, at the start of an answer or later, once {@link #remember} was called. */
        long @Nullable [] mask(boolean atStart) {
            return atStart ? startMask : mask;
        }

        void remember(boolean atStart, long[] tokens) {
            if (atStart) {
                startMask = tokens;
            } else {
                mask = tokens;
            }
        }
    }

    private record Pair(Expression head, Stack below) {}

    /** Heads to be taken apart until each waits for a byte. */
    private final class Closure {
        private final Work work;
        private final Map<Expression, Stack> waiting = new LinkedHashMap<>();
        private final ArrayDeque<Pair> open = new ArrayDeque<>();
        private final Set<Pair> seen = new HashSet<>();
        private boolean bottom;

        Closure(Work work) {
            this.work = work;
        }

        void add(Stack stack) {
            bottom |= stack.bottom();
            for (Frame frame : stack.frames()) {
                add(frame.head(), frame.below());
            }
        }

        private void add(Expression head, Stack below) {
            work.spend(1);
            boolean waits = head instanceof Bytes || head instanceof Regular;
            if (waits) {
                stacks.add(waiting, head, below, work);
            }
            if (waits && !(head instanceof Regular(ByteAutomaton automaton, int at) && automaton.accepts(at))) {
                return;
            }
            Pair pair = new Pair(head, below);
            if (seen.add(pair)) {
                open.add(pair);
            }
        }

        Stack run() {
            for (Pair pair = open.poll(); pair != null; pair = open.poll()) {
                expand(pair.head(), pair.below());
            }
            return stacks.of(waiting, bottom);
        }

        private void expand(Expression head, Stack below) {
            switch (head) {
                case Sequence sequence -> expand(sequence.parts(), below);
                case Choice choice -> choice.options().forEach(option -> add(option, below));
                case Repetition repetition -> expand(repetition, below);
                case Rule rule -> add(rule.body(), below);
                case Deferred deferred -> add(expansions.computeIfAbsent(deferred, Deferred::expand), below);
                case Regular _ -> add(below);
                case Bytes _ -> throw new IllegalStateException("bytes are not taken apart. This is a bug.");
            }
        }

        private void expand(List<Expression> parts, Stack below) {
            if (parts.isEmpty()) {
                add(below);
                return;
            }
            Stack rest = below;
            for (int i = parts.size() - 1; i > 0; i--) {
                rest = stacks.push(parts.get(i), rest);
            }
            add(parts.getFirst(), rest);
        }

        private void expand(Repetition repetition, Stack below) {
            if (repetition.least() == 0) {
                add(below);
            }
            if (repetition.most() > 0) {
                Repetition rest = repetition.afterOne();
                add(repetition.part(), rest.most() == 0 ? below : stacks.push(rest, below));
            }
        }
    }

    private static final int MOST_HELD = 60_000;

    private final Expression root;
    private final Stacks stacks = new Stacks();
    private final Map<Stack, State> states = new HashMap<>();

    /** What deferred expressions are: each is expanded once, since heads that are not the same make another state. */
    private final Map<Deferred, Expression> expansions = new HashMap<>();

    Automaton(Expression root) {
        this.root = root;
    }

    /**
     * The state before any byte.
     *
     * @throws Work.TooMuch when the grammar is too ambiguous
     */
    State start() {
        Closure closure = new Closure(new Work());
        closure.add(stacks.push(root, stacks.empty()));
        return state(closure.run());
    }

    /**
     * The state after one more byte of 0 to 255; null when it cannot come.
     *
     * @throws Work.TooMuch when the grammar is too ambiguous
     */
    @Nullable
    State step(State state, int value) {
        Transitions next = state.next;
        if (next.isKnown(value)) {
            return next.get(value);
        }
        State after = compute(state, value);
        next.put(value, after);
        return after;
    }

    private @Nullable State compute(State state, int value) {
        Work work = new Work();
        Map<Expression, Stack> heads = new LinkedHashMap<>();
        boolean bottom = false;
        for (Frame frame : state.waiting.frames()) {
            work.spend(1);
            switch (frame.head()) {
                case Bytes(ByteText text, int at) -> {
                    if (text.at(at) == value) {
                        if (at + 1 < text.length()) {
                            stacks.add(heads, new Bytes(text, at + 1), frame.below(), work);
                        } else {
                            bottom |= addAll(heads, frame.below(), work);
                        }
                    }
                }
                case Regular(ByteAutomaton automaton, int from) -> {
                    int to = automaton.step(from, value);
                    if (to != ByteAutomaton.DEAD) {
                        stacks.add(heads, new Regular(automaton, to), frame.below(), work);
                    }
                }
                default -> throw new IllegalStateException("an expression does not wait for a byte. This is a bug.");
            }
        }
        if (heads.isEmpty() && !bottom) {
            return null;
        }
        Closure closure = new Closure(work);
        closure.add(stacks.of(heads, bottom));
        return state(closure.run());
    }

    private boolean addAll(Map<Expression, Stack> heads, Stack stack, Work work) {
        for (Frame frame : stack.frames()) {
            stacks.add(heads, frame.head(), frame.below(), work);
        }
        return stack.bottom();
    }

    private State state(Stack waiting) {
        return states.computeIfAbsent(waiting, State::new);
    }

    /**
     * Forgets states when there are many; those in use go on as before. Not within a step.
     *
     * @return whether there were many
     */
    boolean tidy() {
        boolean many = stacks.size() + states.size() * 4 + expansions.size() > MOST_HELD;
        if (many) {
            stacks.clear();
            states.clear();
            expansions.clear();
        }
        return many;
    }
}
