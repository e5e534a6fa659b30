package dev.sharegpt4v.runtime.grammar;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Where bytes lead from one state, as far as that is known: a short list, or a table when there are many. */
final class Transitions {

    private static final int LONGEST_LIST = 8;
    private static final int BYTES = 256;
    private static final Automaton.State[] NONE = new Automaton.State[0];

    private final long[] known = new long[BYTES / Long.SIZE];
    private byte[] values = new byte[0];
    private Automaton.@Nullable State[] targets = NONE;
    private int size;

    boolean isKnown(int value) {
        return (known[value >> 6] >>> value & 1) != 0;
    }

    Automaton.@Nullable State get(int value) {
        if (targets.length == BYTES) {
            return targets[value];
        }
        for (int i = 0; i < size; i++) {
            if ((values[i] & 0xff) == value) {
                return targets[i];
            }
        }
        return null;
    }

    void put(int value, Automaton.@Nullable State target) {
        known[value >> 6] |= 1L << value;
        if (target == null) {
            return;
        }
        if (targets.length < BYTES && size == LONGEST_LIST) {
            widen();
        }
        if (targets.length == BYTES) {
            targets[value] = target;
            return;
        }
        if (size == targets.length) {
            values = Arrays.copyOf(values, Math.max(1, size * 2));
            targets = Arrays.copyOf(targets, values.length);
        }
        values[size] = (byte) value;
        targets[size++] = target;
    }

    private void widen() {
        Automaton.@Nullable State[] table = new Automaton.State[BYTES];
        for (int i = 0; i < size; i++) {
            table[values[i] & 0xff] = targets[i];
        }
        targets = table;
        values = new byte[0];
    }
}
