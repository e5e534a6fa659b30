package dev.sharegpt4v.runtime.grammar;

import dev.sharegpt4v.runtime.sampling.TokenConstraint;
import dev.sharegpt4v.runtime.sampling.TokenMatcher;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The texts of a grammar as a constraint on the tokens of one vocabulary. Thread-safe; what was worked out for one answer
 * serves all others.
 *
 * <p>Decoding drops one space at the beginning of an answer, so one that stands there is not part of the text.
 */
public final class GrammarConstraint implements TokenConstraint {

    private static final int MOST_MASKS = 1024;

    private final TokenTrie trie;
    private final Automaton automaton;
    private int masks;

    /** The texts of {@code root} in tokens of a vocabulary. */
    public GrammarConstraint(Expression root, TokenTrie trie) {
        this.trie = trie;
        this.automaton = new Automaton(root);
    }

    @Override
    public TokenMatcher start() {
        return start(true);
    }

    /** The same for answers that go on with a text, where a space at their beginning is part of them. */
    public TokenConstraint afterText() {
        return () -> start(false);
    }

    private TokenMatcher start(boolean opens) {
        synchronized (automaton) {
            try {
                return new Matcher(this, automaton.start(), opens);
            } catch (Work.TooMuch e) {
                return new Matcher(this, null, opens);
            }
        }
    }

    /** Whether the automaton can read the grammar at all: one that is too ambiguous at its very beginning it cannot. */
    public boolean isReadable() {
        synchronized (automaton) {
            try {
                automaton.start();
                return true;
            } catch (Work.TooMuch e) {
                return false;
            }
        }
    }

    /** Whether a whole text is one of the grammar's. */
    public boolean matches(byte[] text) {
        synchronized (automaton) {
            try {
                Automaton.State state = automaton.start();
                for (byte value : text) {
                    state = automaton.step(state, value & 0xff);
                    if (state == null) {
                        return false;
                    }
                }
                return state.accepts();
            } catch (Work.TooMuch e) {
                return false;
            }
        }
    }

    private long[] mask(Automaton.State state, boolean atStart) {
        long[] known = state.mask(atStart);
        if (known != null) {
            return known;
        }
        if (automaton.tidy()) {
            masks = 0;
        }
        long[] mask = new long[(trie.vocabularySize() + 63) >> 6];
        Automaton.@Nullable State[] path = new Automaton.State[trie.deepest() + 1];
        path[0] = state;
        for (int node = 0; node < trie.nodes(); ) {
            int depth = trie.depth(node);
            Automaton.State next = step(path[depth], trie.value(node), atStart && depth == 0);
            if (next == null) {
                node = trie.end(node);
            } else {
                trie.mark(node, mask);
                path[depth + 1] = next;
                node++;
            }
        }
        if (masks++ < MOST_MASKS) {
            state.remember(atStart, mask);
        }
        return mask;
    }

    /** A path that cannot be followed because it is too ambiguous is no path. */
    private Automaton.@Nullable State step(Automaton.@Nullable State state, int value, boolean atStart) {
        if (state == null || (atStart && value == ' ')) {
            return state;
        }
        try {
            return automaton.step(state, value);
        } catch (Work.TooMuch e) {
            return null;
        }
    }

    /** One answer's place in the automaton; a place that is null goes on nowhere. */
    private static final class Matcher implements TokenMatcher {
        private final GrammarConstraint constraint;
        private Automaton.@Nullable State state;
        private boolean atStart;

        Matcher(GrammarConstraint constraint, Automaton.@Nullable State state, boolean atStart) {
            this.constraint = constraint;
            this.state = state;
            this.atStart = atStart;
        }

        @Override
        public void mask(float[] logits, Set<Integer> endTokens) {
            long[] allowed = new long[0];
            Automaton.State here = state;
            if (here != null) {
                synchronized (constraint.automaton) {
                    allowed = constraint.mask(here, atStart);
                }
            }
            Map<Integer, Float> ends = new HashMap<>();
            for (int end : endTokens) {
                if (end >= 0 && end < logits.length) {
                    ends.put(end, isComplete() ? logits[end] : Float.NEGATIVE_INFINITY);
                }
            }
            for (int id = 0; id < logits.length; id++) {
                if (id >> 6 >= allowed.length || (allowed[id >> 6] >>> id & 1) == 0) {
                    logits[id] = Float.NEGATIVE_INFINITY;
                }
            }
            ends.forEach((end, logit) -> logits[end] = logit);
        }

        @Override
        public void accept(int token) {
            byte[] piece = constraint.trie.piece(token);
            Automaton.State next = state;
            synchronized (constraint.automaton) {
                for (int i = 0; i < piece.length; i++) {
                    next = constraint.step(next, piece[i] & 0xff, atStart && i == 0);
                }
            }
            if (piece.length == 0 || next == null) {
                throw new IllegalArgumentException("token " + token + " cannot come here");
            }
            state = next;
            atStart = false;
        }

        @Override
        public boolean isComplete() {
            return state != null && state.accepts();
        }

        @Override
        public TokenMatcher fork() {
            return new Matcher(constraint, state, atStart);
        }
    }
}
