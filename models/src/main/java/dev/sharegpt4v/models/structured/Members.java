package dev.sharegpt4v.models.structured;

import java.util.BitSet;

/**
 * The properties that an object has so far; immutable.
 *
 * @param seen which of the named ones
 * @param count how many in all, as far as that matters
 * @param met which needs of the object were met, as bits
 */
record Members(BitSet seen, int count, long met) {

    static final Members NONE = new Members(new BitSet(), 0, 0);

    boolean has(int name) {
        return seen.get(name);
    }

    /** One more of the named ones, which meets some needs; counts are told apart up to a cap. */
    Members with(int name, int cap, long meets) {
        BitSet more = (BitSet) seen.clone();
        more.set(name);
        return new Members(more, Math.min(count + 1, cap), met | meets);
    }

    /** One more of the others. */
    Members withOne(int cap, long meets) {
        return new Members(seen, Math.min(count + 1, cap), met | meets);
    }
}
