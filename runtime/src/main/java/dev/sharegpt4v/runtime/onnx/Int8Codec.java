package dev.sharegpt4v.runtime.onnx;

import static dev.sharegpt4v.runtime.onnx.KvLayout.PANEL;
import static dev.sharegpt4v.runtime.onnx.PagedAttentionKernel.ORDER;
import static dev.sharegpt4v.runtime.onnx.PagedAttentionKernel.SPECIES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Signed bytes, −127 to 127, with the largest magnitude of a token and head over 127 as their scale. A row of a panel is one
 * vector of ints; byte b of an int is the same lane of vector b.
 *
 * <p>A byte is widened as the highest of its int, which is 2^24 times the byte; the weights bring that factor out again.
 */
record Int8Codec(KvLayout layout) implements KvCodec {

    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final long ROW = (long) LANES * Integer.BYTES;
    private static final int HIGHEST = 0xff000000;
    private static final float NARROW = 0x1p-24f;
    private static final float LARGEST = 127f;
    /** Added to a small number, leaves it rounded in the lowest bits. */
    private static final float ROUND = 0x1.8p23f;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    @Override
    public void multiply(MemorySegment bytes, long panel, float[] weights, int rows, float[] sums, int at, float keep) {
        FloatVector s0 = FloatVector.fromArray(SPECIES, sums, at).mul(keep);
        FloatVector s1 = FloatVector.fromArray(SPECIES, sums, at + LANES).mul(keep);
        FloatVector s2 = FloatVector.fromArray(SPECIES, sums, at + 2 * LANES).mul(keep);
        FloatVector s3 = FloatVector.fromArray(SPECIES, sums, at + 3 * LANES).mul(keep);
        for (int row = 0; row < rows; row++) {
            IntVector four = IntVector.fromMemorySegment(INTS, bytes, panel + row * ROW, LITTLE_ENDIAN);
            FloatVector weight = FloatVector.broadcast(SPECIES, weights[row] * NARROW);
            s0 = highest(four.lanewise(VectorOperators.LSHL, 24)).fma(weight, s0);
            s1 = highest(four.lanewise(VectorOperators.LSHL, 16).and(HIGHEST)).fma(weight, s1);
            s2 = highest(four.lanewise(VectorOperators.LSHL, 8).and(HIGHEST)).fma(weight, s2);
            s3 = highest(four.and(HIGHEST)).fma(weight, s3);
        }
        s0.intoArray(sums, at);
        s1.intoArray(sums, at + LANES);
        s2.intoArray(sums, at + 2 * LANES);
        s3.intoArray(sums, at + 3 * LANES);
    }

    private static FloatVector highest(IntVector bytes) {
        return (FloatVector) bytes.convert(VectorOperators.I2F, 0);
    }

    @Override
    public void unpack(MemorySegment bytes, long panel, int rows, float[] target, int at) {
        for (int row = 0; row < rows; row++) {
            int to = at + row * PANEL;
            IntVector four = IntVector.fromMemorySegment(INTS, bytes, panel + row * ROW, LITTLE_ENDIAN);
            highest(four.lanewise(VectorOperators.LSHL, 24)).mul(NARROW).intoArray(target, to);
            highest(four.lanewise(VectorOperators.LSHL, 16).and(HIGHEST))
                    .mul(NARROW)
                    .intoArray(target, to + LANES);
            highest(four.lanewise(VectorOperators.LSHL, 8).and(HIGHEST))
                    .mul(NARROW)
                    .intoArray(target, to + 2 * LANES);
            highest(four.and(HIGHEST)).mul(NARROW).intoArray(target, to + 3 * LANES);
        }
    }

    @Override
    public void writeKey(MemorySegment bytes, long keys, int token, float[] key) {
        float largest = largest(key);
        float inverse = inverse(largest);
        long column = keys + layout.panel(layout.headSize()) * (token / PANEL) + within(token % PANEL);
        for (int channel = 0; channel < layout.headSize(); channel++) {
            bytes.set(ValueLayout.JAVA_BYTE, column + channel * ROW, rounded(key[channel] * inverse));
        }
        bytes.set(FLOAT, keys + layout.keyTail() + (long) token * Float.BYTES, largest / LARGEST);
    }

    @Override
    public void writeValue(MemorySegment bytes, long keys, long values, int token, float[] value) {
        float largest = largest(value);
        float inverse = inverse(largest);
        for (int channel = 0; channel < layout.headSize(); channel++) {
            long row = values + layout.panel(layout.blockSize()) * (channel / PANEL) + token * ROW;
            bytes.set(ValueLayout.JAVA_BYTE, row + within(channel % PANEL), rounded(value[channel] * inverse));
        }
        bytes.set(FLOAT, values + layout.valueTail() + (long) token * Float.BYTES, largest / LARGEST);
    }

    private static long within(int element) {
        return (long) (element % LANES) * Integer.BYTES + element / LANES;
    }

    /** No number if one of them is none. */
    private float largest(float[] elements) {
        float largest = 0f;
        for (int channel = 0; channel < layout.headSize(); channel++) {
            largest = Math.max(largest, Math.abs(elements[channel]));
        }
        return largest;
    }

    /** Zero where the elements are too small for it; so they become zeros. */
    private static float inverse(float largest) {
        float inverse = LARGEST / largest;
        return Float.isFinite(inverse) ? inverse : 0f;
    }

    private static byte rounded(float value) {
        return (byte) Float.floatToRawIntBits(value + ROUND);
    }

    @Override
    public void scaleScores(MemorySegment bytes, long keys, float[] scores, int from, int count) {
        scale(bytes, keys + layout.keyTail(), scores, from, count);
    }

    @Override
    public void scaleWeights(MemorySegment bytes, long values, float[] weights, int from, int count) {
        scale(bytes, values + layout.valueTail(), weights, from, count);
    }

    private static void scale(MemorySegment bytes, long scales, float[] factors, int from, int count) {
        int token = 0;
        for (; token + LANES <= count; token += LANES) {
            FloatVector.fromMemorySegment(SPECIES, bytes, scales + (long) token * Float.BYTES, ORDER)
                    .mul(FloatVector.fromArray(SPECIES, factors, from + token))
                    .intoArray(factors, from + token);
        }
        for (; token < count; token++) {
            factors[from + token] *= bytes.get(FLOAT, scales + (long) token * Float.BYTES);
        }
    }
}
