package dev.sharegpt4v.runtime.onnx;

import static dev.sharegpt4v.runtime.onnx.KvLayout.PANEL;
import static dev.sharegpt4v.runtime.onnx.PagedAttentionKernel.ORDER;
import static dev.sharegpt4v.runtime.onnx.PagedAttentionKernel.SPECIES;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/** Floats as they are. */
record Fp32Codec(KvLayout layout) implements KvCodec {

    private static final int LANES = SPECIES.length();
    private static final long VECTOR = (long) LANES * Float.BYTES;
    private static final long ROW = 4 * VECTOR;

    @Override
    public void multiply(MemorySegment bytes, long panel, float[] weights, int rows, float[] sums, int at, float keep) {
        FloatVector s0 = FloatVector.fromArray(SPECIES, sums, at).mul(keep);
        FloatVector s1 = FloatVector.fromArray(SPECIES, sums, at + LANES).mul(keep);
        FloatVector s2 = FloatVector.fromArray(SPECIES, sums, at + 2 * LANES).mul(keep);
        FloatVector s3 = FloatVector.fromArray(SPECIES, sums, at + 3 * LANES).mul(keep);
        for (int row = 0; row < rows; row++) {
            long place = panel + row * ROW;
            FloatVector weight = FloatVector.broadcast(SPECIES, weights[row]);
            s0 = load(bytes, place).fma(weight, s0);
            s1 = load(bytes, place + VECTOR).fma(weight, s1);
            s2 = load(bytes, place + 2 * VECTOR).fma(weight, s2);
            s3 = load(bytes, place + 3 * VECTOR).fma(weight, s3);
        }
        s0.intoArray(sums, at);
        s1.intoArray(sums, at + LANES);
        s2.intoArray(sums, at + 2 * LANES);
        s3.intoArray(sums, at + 3 * LANES);
    }

    private static FloatVector load(MemorySegment bytes, long at) {
        return FloatVector.fromMemorySegment(SPECIES, bytes, at, ORDER);
    }

    @Override
    public void unpack(MemorySegment bytes, long panel, int rows, float[] target, int at) {
        MemorySegment.copy(bytes, ValueLayout.JAVA_FLOAT_UNALIGNED, panel, target, at, rows * PANEL);
    }

    @Override
    public void writeKey(MemorySegment bytes, long keys, int token, float[] key) {
        long column = keys + layout.panel(layout.headSize()) * (token / PANEL) + (long) (token % PANEL) * Float.BYTES;
        for (int channel = 0; channel < layout.headSize(); channel++) {
            bytes.set(ValueLayout.JAVA_FLOAT_UNALIGNED, column + channel * ROW, key[channel]);
        }
    }

    @Override
    public void writeValue(MemorySegment bytes, long keys, long values, int token, float[] value) {
        for (int channel = 0; channel < layout.headSize(); channel += PANEL) {
            long row = values + layout.panel(layout.blockSize()) * (channel / PANEL) + token * ROW;
            int count = Math.min(PANEL, layout.headSize() - channel);
            MemorySegment.copy(value, channel, bytes, ValueLayout.JAVA_FLOAT_UNALIGNED, row, count);
        }
    }

    @Override
    public void scaleScores(MemorySegment bytes, long keys, float[] scores, int from, int count) {}

    @Override
    public void scaleWeights(MemorySegment bytes, long values, float[] weights, int from, int count) {}
}
