package dev.sharegpt4v.runtime.onnx;

import static dev.sharegpt4v.runtime.onnx.PagedAttentionKernel.ORDER;
import static dev.sharegpt4v.runtime.onnx.PagedAttentionKernel.SPECIES;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Attention of a chunk of a prompt: block by block over the context, eight queries at a time.
 *
 * <p>A block's keys are transposed once and then serve all queries of the chunk, so that scores come out a
 * vector at a time without adding across lanes. Every sum has the order that it has in {@link DecodeAttention}: a token's
 * result is the same to the last bit whether it came in a chunk or alone.
 */
final class PrefillAttention {

    private static final int LANES = SPECIES.length();
    /** Eight sums in flight hide the latency of the multiply-add units. */
    private static final int TILE = 8;

    private final AttentionStep step;
    private final CustomOperators.Attributes shape;
    private final KvPool pool;
    private final int row;
    private final int head;
    private final int queries;
    private final int channels;
    private final int size;
    private final int blockSize;
    private final float[] query;
    private final float[] sums;
    private final float[] state;
    private final float[] keys;
    private final float[] scores;
    private final float[] block;
    private final float[] partials;

    private PrefillAttention(AttentionStep step, CustomOperators.Attributes shape, KvPool pool, int row, int head) {
        this.step = step;
        this.shape = shape;
        this.pool = pool;
        this.row = row;
        this.head = head;
        this.queries = step.sliceLength(row);
        this.channels = shape.headSize();
        this.size = pool.headStride();
        this.blockSize = pool.blockSize();
        int padded = Math.ceilDiv(queries, TILE) * TILE;
        AttentionScratch scratch = AttentionScratch.own();
        this.query = scratch.query(padded * size);
        this.sums = scratch.sums(padded * size);
        this.state = scratch.state(2 * padded);
        this.keys = scratch.transposed(size * blockSize);
        this.scores = scratch.scores(TILE * blockSize);
        this.block = scratch.block(size * blockSize);
        this.partials = scratch.partials(TILE * LANES * LANES);
        Arrays.fill(query, 0, padded * size, 0f);
        Arrays.fill(sums, 0, padded * size, 0f);
        for (int i = 0; i < padded; i++) {
            state[2 * i] = Float.NEGATIVE_INFINITY;
            state[2 * i + 1] = 0f;
        }
    }

    static void run(AttentionStep step, CustomOperators.Attributes shape, KvPool pool, int row, int head) {
        new PrefillAttention(step, shape, pool, row, head).run();
    }

    private void run() {
        rotateQueries();
        int kvHead = head / (shape.heads() / shape.kvHeads());
        int past = step.past()[row];
        int context = past + queries;
        for (int first = 0; first < context; first += blockSize) {
            int block = step.block(row, first / blockSize);
            transpose(pool.keys(shape.layer(), block, kvHead));
            long values = pool.values(shape.layer(), block, kvHead);
            // Queries before this one see nothing of the block.
            int firstQuery = Math.max(0, first - past);
            for (int tile = firstQuery / TILE * TILE; tile < queries; tile += TILE) {
                tile(tile, first, past, values);
            }
        }
        for (int i = 0; i < queries; i++) {
            long at = ((long) (step.cumulative()[row] + i) * shape.heads() + head) * channels * Float.BYTES;
            DecodeAttention.write(step.output(), at, sums, i * size, channels, 1f / state[2 * i + 1]);
        }
    }

    private void rotateQueries() {
        long width = (long) (shape.heads() + 2 * shape.kvHeads()) * channels;
        MemorySegment target = AttentionScratch.view(query);
        for (int i = 0; i < queries; i++) {
            int token = step.cumulative()[row] + i;
            Rotation.apply(
                    step,
                    channels,
                    (token * width + (long) head * channels) * Float.BYTES,
                    step.past()[row] + i,
                    target,
                    (long) i * size * Float.BYTES,
                    shape.scale());
        }
    }

    /** keys[d][t] from the block's [t][d], in squares that stay in the nearest cache. */
    private void transpose(long from) {
        MemorySegment.copy(pool.bytes(), ValueLayout.JAVA_FLOAT_UNALIGNED, from, block, 0, blockSize * size);
        for (int t = 0; t < blockSize; t += LANES) {
            for (int d = 0; d < size; d += LANES) {
                transposeSquare(t, d);
            }
        }
    }

    private void transposeSquare(int firstToken, int firstChannel) {
        for (int d = firstChannel; d < firstChannel + LANES; d++) {
            for (int t = firstToken; t < firstToken + LANES; t++) {
                keys[d * blockSize + t] = block[t * size + d];
            }
        }
    }

    private void tile(int tile, int first, int past, long values) {
        for (int t = 0; t < blockSize; t += LANES) {
            scores(tile, t);
        }
        for (int i = 0; i < TILE; i++) {
            softmax(tile + i, i, past + tile + i + 1 - first);
        }
        // Slots beyond the context are stale, and what is stale may be no number.
        int visible = Math.clamp(past + Math.min(tile + TILE, queries) - first, 0, blockSize);
        for (int d = 0; d < size; d += LANES) {
            accumulate(tile, d, values, visible);
        }
    }

    /** Products of a tile's queries with a vector of keys, summed in the order of {@link DecodeAttention}. */
    private void scores(int tile, int t) {
        for (int lane = 0; lane < LANES; lane++) {
            partialScores(tile * size, lane, t);
        }
        for (int i = 0; i < TILE; i++) {
            LaneSum.columns(partials, i * LANES * LANES);
            FloatVector.fromArray(SPECIES, partials, i * LANES * LANES).intoArray(scores, i * blockSize + t);
        }
    }

    /** The sums over every {@code LANES}th channel: what stands in one lane when a vector runs over the channels. */
    private void partialScores(int q, int lane, int t) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = FloatVector.zero(SPECIES);
        FloatVector s2 = FloatVector.zero(SPECIES);
        FloatVector s3 = FloatVector.zero(SPECIES);
        FloatVector s4 = FloatVector.zero(SPECIES);
        FloatVector s5 = FloatVector.zero(SPECIES);
        FloatVector s6 = FloatVector.zero(SPECIES);
        FloatVector s7 = FloatVector.zero(SPECIES);
        for (int d = lane; d < size; d += LANES) {
            FloatVector key = FloatVector.fromArray(SPECIES, keys, d * blockSize + t);
            s0 = key.fma(FloatVector.broadcast(SPECIES, query[q + d]), s0);
            s1 = key.fma(FloatVector.broadcast(SPECIES, query[q + d + size]), s1);
            s2 = key.fma(FloatVector.broadcast(SPECIES, query[q + d + 2 * size]), s2);
            s3 = key.fma(FloatVector.broadcast(SPECIES, query[q + d + 3 * size]), s3);
            s4 = key.fma(FloatVector.broadcast(SPECIES, query[q + d + 4 * size]), s4);
            s5 = key.fma(FloatVector.broadcast(SPECIES, query[q + d + 5 * size]), s5);
            s6 = key.fma(FloatVector.broadcast(SPECIES, query[q + d + 6 * size]), s6);
            s7 = key.fma(FloatVector.broadcast(SPECIES, query[q + d + 7 * size]), s7);
        }
        int at = lane * LANES;
        int next = LANES * LANES;
        s0.intoArray(partials, at);
        s1.intoArray(partials, at + next);
        s2.intoArray(partials, at + 2 * next);
        s3.intoArray(partials, at + 3 * next);
        s4.intoArray(partials, at + 4 * next);
        s5.intoArray(partials, at + 5 * next);
        s6.intoArray(partials, at + 6 * next);
        s7.intoArray(partials, at + 7 * next);
    }

    /** Turns a query's scores of this block into weights; tokens from {@code visible} on lie in its future. */
    private void softmax(int queryIndex, int i, int visible) {
        int from = i * blockSize;
        int count = Math.clamp(visible, 0, blockSize);
        Arrays.fill(scores, from + count, from + blockSize, 0f);
        if (count == 0) {
            return;
        }
        float max = state[2 * queryIndex];
        float newMax = max;
        for (int t = from; t < from + count; t++) {
            newMax = Math.max(newMax, scores[t]);
        }
        float keep = (float) Math.exp(max - newMax);
        float total = BlockSoftmax.exponentiate(scores, from, count, newMax);
        state[2 * queryIndex] = newMax;
        state[2 * queryIndex + 1] = state[2 * queryIndex + 1] * keep + total;
        if (keep != 1f) {
            for (int d = 0; d < size; d += LANES) {
                FloatVector.fromArray(SPECIES, sums, queryIndex * size + d)
                        .mul(keep)
                        .intoArray(sums, queryIndex * size + d);
            }
        }
    }

    private void accumulate(int tile, int d, long values, int visible) {
        MemorySegment bytes = pool.bytes();
        int base = tile * size + d;
        FloatVector s0 = FloatVector.fromArray(SPECIES, sums, base);
        FloatVector s1 = FloatVector.fromArray(SPECIES, sums, base + size);
        FloatVector s2 = FloatVector.fromArray(SPECIES, sums, base + 2 * size);
        FloatVector s3 = FloatVector.fromArray(SPECIES, sums, base + 3 * size);
        FloatVector s4 = FloatVector.fromArray(SPECIES, sums, base + 4 * size);
        FloatVector s5 = FloatVector.fromArray(SPECIES, sums, base + 5 * size);
        FloatVector s6 = FloatVector.fromArray(SPECIES, sums, base + 6 * size);
        FloatVector s7 = FloatVector.fromArray(SPECIES, sums, base + 7 * size);
        for (int t = 0; t < visible; t++) {
            FloatVector value =
                    FloatVector.fromMemorySegment(SPECIES, bytes, values + ((long) t * size + d) * Float.BYTES, ORDER);
            s0 = value.fma(FloatVector.broadcast(SPECIES, scores[t]), s0);
            s1 = value.fma(FloatVector.broadcast(SPECIES, scores[blockSize + t]), s1);
            s2 = value.fma(FloatVector.broadcast(SPECIES, scores[2 * blockSize + t]), s2);
            s3 = value.fma(FloatVector.broadcast(SPECIES, scores[3 * blockSize + t]), s3);
            s4 = value.fma(FloatVector.broadcast(SPECIES, scores[4 * blockSize + t]), s4);
            s5 = value.fma(FloatVector.broadcast(SPECIES, scores[5 * blockSize + t]), s5);
            s6 = value.fma(FloatVector.broadcast(SPECIES, scores[6 * blockSize + t]), s6);
            s7 = value.fma(FloatVector.broadcast(SPECIES, scores[7 * blockSize + t]), s7);
        }
        s0.intoArray(sums, base);
        s1.intoArray(sums, base + size);
        s2.intoArray(sums, base + 2 * size);
        s3.intoArray(sums, base + 3 * size);
        s4.intoArray(sums, base + 4 * size);
        s5.intoArray(sums, base + 5 * size);
        s6.intoArray(sums, base + 6 * size);
        s7.intoArray(sums, base + 7 * size);
    }
}
