package dev.sharegpt4v.runtime.onnx;

import static dev.sharegpt4v.runtime.onnx.PagedAttentionKernel.SPECIES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** The exponentials of one block's scores. Every operation is exact by IEEE 754, so compiled and interpreted code agree. */
final class BlockSoftmax {

    private static final int LANES = SPECIES.length();
    /** Below this the exponential counts as 0; it is less than 1e-37. */
    private static final float LEAST = -87f;
    /** 1.5 · 2²³: adding it rounds to a whole number, which then stands in the lowest bits. */
    private static final float ROUNDING = 0x1.8p23f;

    private static final float LOG2_E = 0x1.715476p0f;
    private static final float LN2_HIGH = 0x1.63p-1f;
    private static final float LN2_LOW = -2.12194440E-4f;

    private BlockSoftmax() {}

    /** The largest of {@code count} scores from {@code from} on, and of {@code floor}. */
    static float largest(float[] scores, int from, int count, float floor) {
        FloatVector most = FloatVector.broadcast(SPECIES, floor);
        int t = from;
        for (; t + LANES <= from + count; t += LANES) {
            most = most.max(FloatVector.fromArray(SPECIES, scores, t));
        }
        float largest = most.reduceLanes(VectorOperators.MAX);
        for (; t < from + count; t++) {
            largest = Math.max(largest, scores[t]);
        }
        return largest;
    }

    /**
     * Replaces {@code count} scores from {@code from} on by exp(score - max), and the rest of their last vector by 0; returns
     * their sum. No score is greater than {@code max}.
     */
    static float exponentiate(float[] scores, int from, int count, float max) {
        int end = from + Math.ceilDiv(count, LANES) * LANES;
        Arrays.fill(scores, from + count, end, Float.NEGATIVE_INFINITY);
        FloatVector sum = FloatVector.zero(SPECIES);
        for (int t = from; t < end; t += LANES) {
            FloatVector weight = exp(FloatVector.fromArray(SPECIES, scores, t).sub(max));
            weight.intoArray(scores, t);
            sum = sum.add(weight);
        }
        return LaneSum.of(sum);
    }

    /** e to the power of numbers that are not positive; 2ⁿ times a polynomial on [-ln2/2, ln2/2] (Cephes, expf). */
    private static FloatVector exp(FloatVector x) {
        FloatVector shifted = x.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUNDING));
        FloatVector n = shifted.sub(ROUNDING);
        FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), x);
        r = n.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
        FloatVector p = FloatVector.broadcast(SPECIES, 1.9875691E-4f);
        p = p.fma(r, FloatVector.broadcast(SPECIES, 1.3981999E-3f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 8.333452E-3f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 4.1665796E-2f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 0.16666666f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 0.5f));
        p = p.fma(r.mul(r), r).add(1f);
        FloatVector power = p.reinterpretAsInts()
                .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats();
        return FloatVector.zero(SPECIES).blend(power, x.compare(VectorOperators.GE, LEAST));
    }
}
