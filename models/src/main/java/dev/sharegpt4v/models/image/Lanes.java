package dev.sharegpt4v.models.image;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** Vectors of integers. */
final class Lanes {

    static final VectorSpecies<Integer> SPECIES = IntVector.SPECIES_PREFERRED;

    /** Integers in a vector. */
    static final int LENGTH = SPECIES.length();

    private Lanes() {}

    /** The next multiple of a vector's length. */
    static int padded(int length) {
        return (length + LENGTH - 1) / LENGTH * LENGTH;
    }

    static IntVector load(int[] array, int at) {
        return IntVector.fromArray(SPECIES, array, at);
    }

    static void store(IntVector vector, int[] array, int at) {
        vector.intoArray(array, at);
    }
}
