package dev.sharegpt4v.runtime.onnx;

import static dev.sharegpt4v.runtime.onnx.KvLayout.PANEL;
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
        KvCodec codec = pool.codec();
        KvLayout layout = pool.layout();
        MemorySegment bytes = pool.bytes();
        int channels = shape.headSize();
        int token = step.cumulative()[row];
        int context = step.past()[row] + 1;
        int kvHead = head / (shape.heads() / shape.kvHeads());
        int blockSize = pool.blockSize();
        AttentionScratch scratch = AttentionScratch.own();
        float[] query = scratch.query(channels);
        float[] scores = scratch.scores(layout.paddedTokens());
        float[] sums = scratch.sums(layout.paddedChannels());
        Arrays.fill(sums, 0, layout.paddedChannels(), 0f);
        long width = (long) (shape.heads() + 2 * shape.kvHeads()) * channels;
        long from = (token * width + (long) head * channels) * Float.BYTES;
        Rotation.apply(step, channels, from, context - 1, query, 0, shape.scale());
        float max = Float.NEGATIVE_INFINITY;
        float total = 0f;
        for (int first = 0; first < context; first += blockSize) {
            int block = step.block(row, first / blockSize);
            int count = Math.min(blockSize, context - first);
            long keys = pool.keys(shape.layer(), block, kvHead);
            long values = pool.values(shape.layer(), block, kvHead);
            Arrays.fill(scores, 0, layout.paddedTokens(), 0f);
            for (int t = 0; t < count; t += PANEL) {
                codec.multiply(bytes, keys + t / PANEL * layout.panel(channels), query, channels, scores, t, 0f);
            }
            codec.scaleScores(bytes, keys, scores, 0, count);
            float newMax = BlockSoftmax.largest(scores, 0, count, max);
            float keep = (float) Math.exp(max - newMax);
            total = total * keep + BlockSoftmax.exponentiate(scores, 0, count, newMax);
            codec.scaleWeights(bytes, values, scores, 0, count);
            for (int d = 0; d < channels; d += PANEL) {
                codec.multiply(bytes, values + d / PANEL * layout.panel(blockSize), scores, count, sums, d, keep);
            }
            max = newMax;
        }
        long at = ((long) token * shape.heads() + head) * channels * Float.BYTES;
        write(step.output(), at, sums, 0, channels, 1f / total);
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
