package dev.sharegpt4v.runtime.onnx;

import static dev.sharegpt4v.runtime.onnx.PagedAttentionKernel.ORDER;
import static dev.sharegpt4v.runtime.onnx.PagedAttentionKernel.SPECIES;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Attention of a single new token: streams the sequence's blocks once, with an online softmax per block. */
final class DecodeAttention {

    private static final int LANES = SPECIES.length();

    private DecodeAttention() {}

    static void run(AttentionStep step, CustomOperators.Attributes shape, KvPool pool, int row, int head) {
        int channels = shape.headSize();
        int size = pool.headStride();
        int token = step.cumulative()[row];
        int context = step.past()[row] + 1;
        int kvHead = head / (shape.heads() / shape.kvHeads());
        int blockSize = pool.blockSize();
        AttentionScratch scratch = AttentionScratch.own();
        float[] query = scratch.query(size);
        float[] scores = scratch.scores(blockSize);
        float[] sums = scratch.sums(size);
        Arrays.fill(sums, 0, size, 0f);
        Arrays.fill(query, channels, size, 0f);
        long width = (long) (shape.heads() + 2 * shape.kvHeads()) * channels;
        Rotation.apply(
                step,
                channels,
                (token * width + (long) head * channels) * Float.BYTES,
                context - 1,
                AttentionScratch.view(query),
                0,
                shape.scale());
        float max = Float.NEGATIVE_INFINITY;
        float total = 0f;
        for (int first = 0; first < context; first += blockSize) {
            int block = step.block(row, first / blockSize);
            int count = Math.min(blockSize, context - first);
            float blockMax = scores(pool.bytes(), pool.keys(shape.layer(), block, kvHead), query, size, count, scores);
            float newMax = Math.max(max, blockMax);
            float keep = (float) Math.exp(max - newMax);
            total = total * keep + BlockSoftmax.exponentiate(scores, 0, count, newMax);
            accumulate(pool.bytes(), pool.values(shape.layer(), block, kvHead), scores, size, count, sums, keep);
            max = newMax;
        }
        long at = ((long) token * shape.heads() + head) * channels * Float.BYTES;
        write(step.output(), at, sums, 0, channels, 1f / total);
    }

    /** Products of the query with each key of a block; returns the largest. */
    private static float scores(MemorySegment bytes, long keys, float[] query, int size, int count, float[] scores) {
        float max = Float.NEGATIVE_INFINITY;
        long stride = (long) size * Float.BYTES;
        for (int t = 0; t < count; t++) {
            long at = keys + t * stride;
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int d = 0; d < size; d += LANES) {
                FloatVector key = FloatVector.fromMemorySegment(SPECIES, bytes, at + (long) d * Float.BYTES, ORDER);
                sum = key.fma(FloatVector.fromArray(SPECIES, query, d), sum);
            }
            scores[t] = LaneSum.of(sum);
            max = Math.max(max, scores[t]);
        }
        return max;
    }

    /** sums = sums · keep + weights · values, with four vectors of channels in registers at a time. */
    private static void accumulate(
            MemorySegment bytes, long values, float[] weights, int size, int count, float[] sums, float keep) {
        long stride = (long) size * Float.BYTES;
        int d = 0;
        for (; d + 4 * LANES <= size; d += 4 * LANES) {
            FloatVector s0 = FloatVector.fromArray(SPECIES, sums, d).mul(keep);
            FloatVector s1 = FloatVector.fromArray(SPECIES, sums, d + LANES).mul(keep);
            FloatVector s2 = FloatVector.fromArray(SPECIES, sums, d + 2 * LANES).mul(keep);
            FloatVector s3 = FloatVector.fromArray(SPECIES, sums, d + 3 * LANES).mul(keep);
            long at = values + (long) d * Float.BYTES;
            for (int t = 0; t < count; t++, at += stride) {
                FloatVector weight = FloatVector.broadcast(SPECIES, weights[t]);
                s0 = FloatVector.fromMemorySegment(SPECIES, bytes, at, ORDER).fma(weight, s0);
                s1 = load(bytes, at, 1).fma(weight, s1);
                s2 = load(bytes, at, 2).fma(weight, s2);
                s3 = load(bytes, at, 3).fma(weight, s3);
            }
            s0.intoArray(sums, d);
            s1.intoArray(sums, d + LANES);
            s2.intoArray(sums, d + 2 * LANES);
            s3.intoArray(sums, d + 3 * LANES);
        }
        for (; d < size; d += LANES) {
            FloatVector sum = FloatVector.fromArray(SPECIES, sums, d).mul(keep);
            long at = values + (long) d * Float.BYTES;
            for (int t = 0; t < count; t++, at += stride) {
                sum = FloatVector.fromMemorySegment(SPECIES, bytes, at, ORDER)
                        .fma(FloatVector.broadcast(SPECIES, weights[t]), sum);
            }
            sum.intoArray(sums, d);
        }
    }

    private static FloatVector load(MemorySegment bytes, long at, int vector) {
        return FloatVector.fromMemorySegment(SPECIES, bytes, at + (long) vector * LANES * Float.BYTES, ORDER);
    }

    /** Writes one head's sums, scaled, and nothing beyond its channels. */
    static void write(MemorySegment output, long at, float[] sums, int from, int channels, float scale) {
        int whole = SPECIES.loopBound(channels);
        for (int d = 0; d < whole; d += LANES) {
            FloatVector.fromArray(SPECIES, sums, from + d)
                    .mul(scale)
                    .intoMemorySegment(output, at + (long) d * Float.BYTES, ORDER);
        }
        for (int d = whole; d < channels; d++) {
            output.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at + (long) d * Float.BYTES, sums[from + d] * scale);
        }
    }
}
