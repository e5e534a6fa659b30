package dev.sharegpt4v.runtime.grammar;

import java.util.List;

/**
 * A grammar over bytes.
 *
 * <p>Whoever builds one vouches that each part can come to an end, that {@link Bytes} is not empty, and that no rule begins
 * with itself ({@link Grammars} checks both for grammars that strangers wrote).
 */
public sealed interface Expression {

    /** No bytes. */
    Expression EMPTY = new Sequence(List.of());

    /** These bytes from {@code at} on. */
    record Bytes(ByteText text, int at) implements Expression {

        /** The bytes of a text in UTF-8; {@link #EMPTY} for none. */
        public static Expression of(String text) {
            return text.isEmpty() ? EMPTY : new Bytes(ByteText.of(text), 0);
        }
    }

    /** What an automaton accepts from a state on. */
    record Regular(ByteAutomaton automaton, int state) implements Expression {}

    /** One after the other. */
    final class Sequence implements Expression {
        private final List<Expression> parts;

        public Sequence(List<Expression> parts) {
            this.parts = List.copyOf(parts);
        }

        public List<Expression> parts() {
            return parts;
        }
    }

    /** One of several. */
    final class Choice implements Expression {
        private final List<Expression> options;

        public Choice(List<Expression> options) {
            this.options = List.copyOf(options);
        }

        public List<Expression> options() {
            return options;
        }
    }

    /**
     * The same over and over.
     *
     * @param least at least so often
     * @param most at most so often; {@link #UNBOUNDED} for any number
     */
    record Repetition(Expression part, int least, int most) implements Expression {

        public static final int UNBOUNDED = Integer.MAX_VALUE;

        public Repetition {
            if (least < 0 || most < least) {
                throw new IllegalArgumentException("from " + least + " to " + most + " times");
            }
        }

        /** What may follow when one more has come. */
        Repetition afterOne() {
            return new Repetition(part, Math.max(0, least - 1), most == UNBOUNDED ? most : most - 1);
        }
    }

    /** A name for an expression that may contain the name; its body is set once, before anybody reads it. */
    final class Rule implements Expression {
        private final String name;
        private Expression body = EMPTY;

        public Rule(String name) {
            this.name = name;
        }

        public String name() {
            return name;
        }

        public Expression body() {
            return body;
        }

        public void define(Expression definition) {
            this.body = definition;
        }
    }

    /** An expression that is worked out when it is met; equal ones give the same. Each takes a byte before it goes on. */
    non-sealed interface Deferred extends Expression {

        Expression expand();
    }

    static Expression sequence(Expression... parts) {
        return new Sequence(List.of(parts));
    }

    static Expression choice(List<Expression> options) {
        return options.size() == 1 ? options.getFirst() : new Choice(options);
    }

    static Expression optional(Expression part) {
        return new Repetition(part, 0, 1);
    }
}
