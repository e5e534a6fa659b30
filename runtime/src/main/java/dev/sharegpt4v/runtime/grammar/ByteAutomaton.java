package dev.sharegpt4v.runtime.grammar;

/**
 * A deterministic automaton over bytes: the regular parts of a grammar. Its states may come to be as they are met.
 *
 * <p>Every state that it gives can reach an accepting one, so that whoever follows it is never stuck. Used by one thread at a
 * time.
 */
public interface ByteAutomaton {

    /** What {@link #step} gives for a byte that cannot come. */
    int DEAD = -1;

    /** The state after a byte of 0 to 255, or {@link #DEAD}. */
    int step(int state, int value);

    /** Whether the text may end in this state. */
    boolean accepts(int state);
}
