package dev.sharegpt4v.runtime.onnx;

import static dev.sharegpt4v.runtime.onnx.PagedAttentionKernel.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** The exponentials of one block's scores. */
final class BlockSoftmax {

    private static final int LANES = SPECIES.length();

    private BlockSoftmax() {}

    /** Replaces {@code count} scores from {@code from} on by exp(score - max); returns their sum. */
    static float exponentiate(float[] scores, int from, int count, float max) {
        FloatVector sum = FloatVector.zero(SPECIES);
        int t = from;
        for (; t + LANES <= from + count; t += LANES) {
            FloatVector weight =
                    FloatVector.fromArray(SPECIES, scores, t).sub(max).lanewise(VectorOperators.EXP);
            weight.intoArray(scores, t);
            sum = sum.add(weight);
        }
        float total = sum.reduceLanes(VectorOperators.ADD);
        for (; t < from + count; t++) {
            scores[t] = (float) Math.exp(scores[t] - max);
            total += scores[t];
        }
        return total;
    }
}
