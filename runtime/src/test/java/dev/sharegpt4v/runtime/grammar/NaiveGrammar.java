package dev.sharegpt4v.runtime.grammar;

import dev.sharegpt4v.runtime.grammar.Expression.Bytes;
import dev.sharegpt4v.runtime.grammar.Expression.Choice;
import dev.sharegpt4v.runtime.grammar.Expression.Deferred;
import dev.sharegpt4v.runtime.grammar.Expression.Regular;
import dev.sharegpt4v.runtime.grammar.Expression.Repetition;
import dev.sharegpt4v.runtime.grammar.Expression.Rule;
import dev.sharegpt4v.runtime.grammar.Expression.Sequence;
import java.util.List;

/** The oracle: tries every way to read a text, one after the other. */
final class NaiveGrammar {

    /** What a text is to a grammar. */
    record Verdict(boolean begins, boolean whole) {}

    private interface After {
        void at(int place);
    }

    private final byte[] text;
    private boolean begins;
    private boolean whole;

    private NaiveGrammar(byte[] text) {
        this.text = text;
    }

    static Verdict of(Expression grammar, byte[] text) {
        NaiveGrammar naive = new NaiveGrammar(text);
        naive.read(grammar, 0, place -> {
            naive.begins |= place == text.length;
            naive.whole |= place == text.length;
        });
        return new Verdict(naive.begins, naive.whole);
    }

    private void read(Expression grammar, int place, After after) {
        if (place == text.length) {
            begins = true;
        }
        switch (grammar) {
            case Bytes(ByteText bytes, int at) -> {
                int i = 0;
                while (at + i < bytes.length()
                        && place + i < text.length
                        && bytes.at(at + i) == (text[place + i] & 0xff)) {
                    i++;
                }
                if (place + i == text.length) {
                    begins = true;
                }
                if (at + i == bytes.length()) {
                    after.at(place + i);
                }
            }
            case Regular(ByteAutomaton automaton, int from) -> {
                int state = from;
                for (int i = place; state != ByteAutomaton.DEAD; i++) {
                    if (automaton.accepts(state)) {
                        after.at(i);
                    }
                    if (i == text.length) {
                        begins = true;
                        break;
                    }
                    state = automaton.step(state, text[i] & 0xff);
                }
            }
            case Sequence sequence -> read(sequence.parts(), place, after);
            case Choice choice -> choice.options().forEach(option -> read(option, place, after));
            case Repetition repetition -> {
                if (repetition.least() == 0) {
                    after.at(place);
                }
                if (repetition.most() > 0) {
                    read(repetition.part(), place, next -> {
                        // Going round without a byte gains nothing once enough rounds are behind.
                        if (next > place || repetition.least() > 0) {
                            read(repetition.afterOne(), next, after);
                        }
                    });
                }
            }
            case Rule rule -> read(rule.body(), place, after);
            case Deferred deferred -> read(deferred.expand(), place, after);
        }
    }

    private void read(List<Expression> parts, int place, After after) {
        if (parts.isEmpty()) {
            after.at(place);
        } else {
            read(parts.getFirst(), place, next -> read(parts.subList(1, parts.size()), next, after));
        }
    }
}
