package dev.sharegpt4v.runtime.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The rotary position embedding of one head's query or key, in the half-split form of the LLaMA checkpoints. */
final class Rotation {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private Rotation() {}

    /** Rotates the head at byte {@code from} of qkv into {@code target} at byte {@code to}, times {@code scale}. */
    static void apply(
            AttentionStep step, int headSize, long from, int position, MemorySegment target, long to, float scale) {
        int half = headSize / 2;
        long angles = (long) position * half * Float.BYTES;
        for (int i = 0; i < half; i++) {
            long offset = (long) i * Float.BYTES;
            long other = offset + (long) half * Float.BYTES;
            float low = step.qkv().get(FLOAT, from + offset);
            float high = step.qkv().get(FLOAT, from + other);
            float cos = step.cos().get(FLOAT, angles + offset);
            float sin = step.sin().get(FLOAT, angles + offset);
            target.set(FLOAT, to + offset, (low * cos - high * sin) * scale);
            target.set(FLOAT, to + other, (high * cos + low * sin) * scale);
        }
    }
}
