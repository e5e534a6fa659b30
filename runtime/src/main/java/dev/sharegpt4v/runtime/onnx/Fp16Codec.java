package dev.sharegpt4v.runtime.onnx;

import static dev.sharegpt4v.runtime.onnx.KvLayout.PANEL;
import static dev.sharegpt4v.runtime.onnx.PagedAttentionKernel.SPECIES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * IEEE 754 halves. A row of a panel is two vectors of ints; an int holds an element of one vector of floats in its lower half
 * and the same lane of the next vector in its upper half.
 *
 * <p>The bits of a half, moved to where a float has sign, exponent and fraction, are the half times 2^-112, subnormal ones
 * included; the weights bring that factor in again. So widening takes shifts and a mask, which every machine does in lanes.
 */
record Fp16Codec(KvLayout layout) implements KvCodec {

    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final long VECTOR = (long) LANES * Integer.BYTES;
    private static final long ROW = 2 * VECTOR;
    private static final int BITS = 0x8fffe000;
    private static final float WIDEN = 0x1p112f;
    private static final float LARGEST = 65_504f;
    private static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    @Override
    public void multiply(MemorySegment bytes, long panel, float[] weights, int rows, float[] sums, int at, float keep) {
        FloatVector s0 = FloatVector.fromArray(SPECIES, sums, at).mul(keep);
        FloatVector s1 = FloatVector.fromArray(SPECIES, sums, at + LANES).mul(keep);
        FloatVector s2 = FloatVector.fromArray(SPECIES, sums, at + 2 * LANES).mul(keep);
        FloatVector s3 = FloatVector.fromArray(SPECIES, sums, at + 3 * LANES).mul(keep);
        for (int row = 0; row < rows; row++) {
            long place = panel + row * ROW;
            FloatVector weight = FloatVector.broadcast(SPECIES, weights[row] * WIDEN);
            IntVector first = IntVector.fromMemorySegment(INTS, bytes, place, LITTLE_ENDIAN);
            IntVector second = IntVector.fromMemorySegment(INTS, bytes, place + VECTOR, LITTLE_ENDIAN);
            s0 = lower(first).fma(weight, s0);
            s1 = upper(first).fma(weight, s1);
            s2 = lower(second).fma(weight, s2);
            s3 = upper(second).fma(weight, s3);
        }
        s0.intoArray(sums, at);
        s1.intoArray(sums, at + LANES);
        s2.intoArray(sums, at + 2 * LANES);
        s3.intoArray(sums, at + 3 * LANES);
    }

    private static FloatVector lower(IntVector pairs) {
        return upper(pairs.lanewise(VectorOperators.LSHL, 16));
    }

    private static FloatVector upper(IntVector pairs) {
        return pairs.lanewise(VectorOperators.ASHR, 3).and(BITS).reinterpretAsFloats();
    }

    @Override
    public void unpack(MemorySegment bytes, long panel, int rows, float[] target, int at) {
        for (int half = 0; half < 2 * rows; half++) {
            IntVector pairs = IntVector.fromMemorySegment(INTS, bytes, panel + half * VECTOR, LITTLE_ENDIAN);
            lower(pairs).mul(WIDEN).intoArray(target, at + 2 * LANES * half);
            upper(pairs).mul(WIDEN).intoArray(target, at + 2 * LANES * half + LANES);
        }
    }

    @Override
    public void writeKey(MemorySegment bytes, long keys, int token, float[] key) {
        long column = keys + layout.panel(layout.headSize()) * (token / PANEL) + within(token % PANEL);
        float fault = 0f;
        for (int channel = 0; channel < layout.headSize(); channel++) {
            bytes.set(HALF, column + channel * ROW, half(key[channel]));
            fault += key[channel] * 0f;
        }
        if (token == 0 || fault != 0f) {
            bytes.set(FLOAT, keys + layout.keyTail(), fault);
        }
    }

    @Override
    public void writeValue(MemorySegment bytes, long keys, long values, int token, float[] value) {
        float fault = 0f;
        for (int channel = 0; channel < layout.headSize(); channel++) {
            long row = values + layout.panel(layout.blockSize()) * (channel / PANEL) + token * ROW;
            bytes.set(HALF, row + within(channel % PANEL), half(value[channel]));
            fault += value[channel] * 0f;
        }
        if (fault != 0f) {
            bytes.set(FLOAT, keys + layout.keyTail(), fault);
        }
    }

    /** Where an element stands in its row. */
    private static long within(int element) {
        int vector = element / LANES;
        return vector / 2 * VECTOR + (long) (element % LANES) * Integer.BYTES + vector % 2 * 2L;
    }

    private static short half(float value) {
        return Float.floatToFloat16(Math.clamp(value, -LARGEST, LARGEST));
    }

    /** What is no number has no place in the shifted halves, so the block's mark says it. */
    @Override
    public void scaleScores(MemorySegment bytes, long keys, float[] scores, int from, int count) {
        float fault = bytes.get(FLOAT, keys + layout.keyTail());
        if (fault != 0f) {
            for (int token = from; token < from + count; token++) {
                scores[token] = fault;
            }
        }
    }

    @Override
    public void scaleWeights(MemorySegment bytes, long values, float[] weights, int from, int count) {}
}
