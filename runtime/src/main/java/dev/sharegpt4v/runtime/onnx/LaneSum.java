package dev.sharegpt4v.runtime.onnx;

import static dev.sharegpt4v.runtime.onnx.PagedAttentionKernel.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * The sum of a vector's lanes in one order: the upper half is added to the lower half until one lane is left. The order of
 * {@code reduceLanes} is open, and interpreted and compiled code differ in it.
 */
final class LaneSum {

    private static final int LANES = SPECIES.length();
    private static final VectorShuffle<Float> BY_8 = rotation(8);
    private static final VectorShuffle<Float> BY_4 = rotation(4);
    private static final VectorShuffle<Float> BY_2 = rotation(2);
    private static final VectorShuffle<Float> BY_1 = rotation(1);

    static {
        if (LANES > 16 || LANES < 2) {
            throw new IllegalStateException("vectors of " + LANES + " floats are not known. This is a bug.");
        }
    }

    private LaneSum() {}

    private static VectorShuffle<Float> rotation(int lanes) {
        return VectorShuffle.iota(SPECIES, lanes % LANES, 1, true);
    }

    static float of(FloatVector vector) {
        FloatVector sum = vector;
        if (LANES > 8) {
            sum = sum.add(sum.rearrange(BY_8));
        }
        if (LANES > 4) {
            sum = sum.add(sum.rearrange(BY_4));
        }
        if (LANES > 2) {
            sum = sum.add(sum.rearrange(BY_2));
        }
        return sum.add(sum.rearrange(BY_1)).lane(0);
    }

    /**
     * The same sum of {@code LANES} vectors that stand in a row from {@code from} on, the vector's number in place of the
     * lane's; it takes the place of the first vector.
     */
    static void columns(float[] vectors, int from) {
        for (int half = LANES / 2; half > 0; half /= 2) {
            for (int at = from; at < from + half * LANES; at += LANES) {
                FloatVector.fromArray(SPECIES, vectors, at)
                        .add(FloatVector.fromArray(SPECIES, vectors, at + half * LANES))
                        .intoArray(vectors, at);
            }
        }
    }
}
