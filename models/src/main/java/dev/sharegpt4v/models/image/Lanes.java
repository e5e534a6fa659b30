package dev.sharegpt4v.models.image;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** Vectors of integers in native memory, by the number of an integer. */
final class Lanes {

    static final VectorSpecies<Integer> SPECIES = IntVector.SPECIES_PREFERRED;

    /** Integers in a vector. */
    static final int LENGTH = SPECIES.length();

    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private Lanes() {}

    /** The next multiple of a vector's length. */
    static int padded(int length) {
        return (length + LENGTH - 1) / LENGTH * LENGTH;
    }

    static IntVector load(MemorySegment memory, int at) {
        return IntVector.fromMemorySegment(SPECIES, memory, (long) at * Integer.BYTES, ORDER);
    }

    static void store(IntVector vector, MemorySegment memory, int at) {
        vector.intoMemorySegment(memory, (long) at * Integer.BYTES, ORDER);
    }
}
