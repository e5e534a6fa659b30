package dev.sharegpt4v.runtime.onnx;

import static dev.sharegpt4v.runtime.onnx.PagedAttentionKernel.ORDER;
import static dev.sharegpt4v.runtime.onnx.PagedAttentionKernel.SPECIES;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/** The rotary position embedding of one head's query or key, in the half-split form of the LLaMA checkpoints. */
final class Rotation {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final int LANES = SPECIES.length();

    private Rotation() {}

    /** Rotates the head at byte {@code from} of qkv into {@code target} from {@code to} on, times {@code scale}. */
    static void apply(AttentionStep step, int headSize, long from, int position, float[] target, int to, float scale) {
        MemorySegment qkv = step.qkv();
        MemorySegment cosines = step.cos();
        MemorySegment sines = step.sin();
        int half = headSize / 2;
        long angles = (long) position * half * Float.BYTES;
        long other = (long) half * Float.BYTES;
        int i = 0;
        for (; i + LANES <= half; i += LANES) {
            long offset = (long) i * Float.BYTES;
            FloatVector low = FloatVector.fromMemorySegment(SPECIES, qkv, from + offset, ORDER);
            FloatVector high = FloatVector.fromMemorySegment(SPECIES, qkv, from + other + offset, ORDER);
            FloatVector cos = FloatVector.fromMemorySegment(SPECIES, cosines, angles + offset, ORDER);
            FloatVector sin = FloatVector.fromMemorySegment(SPECIES, sines, angles + offset, ORDER);
            low.mul(cos).sub(high.mul(sin)).mul(scale).intoArray(target, to + i);
            high.mul(cos).add(low.mul(sin)).mul(scale).intoArray(target, to + half + i);
        }
        for (; i < half; i++) {
            long offset = (long) i * Float.BYTES;
            float low = qkv.get(FLOAT, from + offset);
            float high = qkv.get(FLOAT, from + other + offset);
            float cos = cosines.get(FLOAT, angles + offset);
            float sin = sines.get(FLOAT, angles + offset);
            target[to + i] = (low * cos - high * sin) * scale;
            target[to + half + i] = (high * cos + low * sin) * scale;
        }
    }
}
