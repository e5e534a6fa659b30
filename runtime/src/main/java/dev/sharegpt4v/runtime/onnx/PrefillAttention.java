package dev.sharegpt4v.runtime.onnx;

import static dev.sharegpt4v.runtime.onnx.KvLayout.PANEL;
import static dev.sharegpt4v.runtime.onnx.PagedAttentionKernel.SPECIES;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Attention of a chunk of a prompt, block by block over the context.
 *
 * <p>A block's keys and values are widened to floats once and then serve all queries of the chunk, a few columns of a panel
 * at a time, which stay in the nearest cache while the queries pass. Every sum has the order that it has in
 * {@link DecodeAttention}: a token's result is the same to the last bit whether it came in a chunk or alone.
 */
final class PrefillAttention {

    private static final int LANES = SPECIES.length();
    private static final int TILE = PanelProduct.ROWS;

    private final AttentionStep step;
    private final CustomOperators.Attributes shape;
    private final KvPool pool;
    private final KvCodec codec;
    private final KvLayout layout;
    private final int row;
    private final int head;
    private final int queries;
    private final int past;
    private final int channels;
    private final int blockSize;
    /** From one query's scores to the next one's. */
    private final int scoreStride;
    /** From one query's sums to the next one's. */
    private final int sumStride;

    private final float[] query;
    private final float[] sums;
    private final float[] state;
    private final float[] scores;
    private final float[] panels;

    private PrefillAttention(AttentionStep step, CustomOperators.Attributes shape, KvPool pool, int row, int head) {
        this.step = step;
        this.shape = shape;
        this.pool = pool;
        this.codec = pool.codec();
        this.layout = pool.layout();
        this.row = row;
        this.head = head;
        this.queries = step.sliceLength(row);
        this.past = step.past()[row];
        this.channels = shape.headSize();
        this.blockSize = pool.blockSize();
        this.scoreStride = layout.paddedTokens();
        this.sumStride = layout.paddedChannels();
        int padded = Math.ceilDiv(queries, TILE) * TILE;
        AttentionScratch scratch = AttentionScratch.own();
        this.query = scratch.query(padded * channels);
        this.sums = scratch.sums(padded * sumStride);
        this.state = scratch.state(2 * padded);
        this.scores = scratch.scores(padded * scoreStride);
        this.panels = scratch.panels(Math.max(scoreStride * channels, sumStride * blockSize));
        Arrays.fill(query, queries * channels, padded * channels, 0f);
        Arrays.fill(sums, 0, padded * sumStride, 0f);
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
        for (int first = 0; first < past + queries; first += blockSize) {
            int block = step.block(row, first / blockSize);
            // Queries before this one see nothing of the block.
            int firstTile = Math.max(0, first - past) / TILE * TILE;
            int count = Math.min(blockSize, past + queries - first);
            score(pool.keys(shape.layer(), block, kvHead), firstTile, count);
            weigh(pool.keys(shape.layer(), block, kvHead), pool.values(shape.layer(), block, kvHead), firstTile, first);
            accumulate(pool.values(shape.layer(), block, kvHead), firstTile, first, count);
        }
        for (int i = 0; i < queries; i++) {
            long at = ((long) (step.cumulative()[row] + i) * shape.heads() + head) * channels * Float.BYTES;
            DecodeAttention.write(step.output(), at, sums, i * sumStride, channels, 1f / state[2 * i + 1]);
        }
    }

    private void rotateQueries() {
        long width = (long) (shape.heads() + 2 * shape.kvHeads()) * channels;
        for (int i = 0; i < queries; i++) {
            long from = ((step.cumulative()[row] + i) * width + (long) head * channels) * Float.BYTES;
            Rotation.apply(step, channels, from, past + i, query, i * channels, shape.scale());
        }
    }

    private void score(long keys, int firstTile, int count) {
        MemorySegment bytes = pool.bytes();
        Arrays.fill(scores, firstTile * scoreStride, Math.ceilDiv(queries, TILE) * TILE * scoreStride, 0f);
        for (int t = 0; t < count; t += PANEL) {
            codec.unpack(bytes, keys + t / PANEL * layout.panel(channels), channels, panels, t * channels);
        }
        for (int t = 0; t < count; t += PanelProduct.COLUMNS) {
            int column = t / PANEL * PANEL * channels + t % PANEL;
            for (int tile = firstTile; tile < queries; tile += TILE) {
                int sum = tile * scoreStride + t;
                PanelProduct.add(query, tile * channels, channels, channels, panels, column, scores, sum, scoreStride);
            }
        }
    }

    /** Turns the scores of the block from position {@code first} on into weights; what lies in a query's future has none. */
    private void weigh(long keys, long values, int firstTile, int first) {
        MemorySegment bytes = pool.bytes();
        int padded = Math.ceilDiv(queries, TILE) * TILE;
        for (int i = firstTile; i < padded; i++) {
            int from = i * scoreStride;
            int visible = i < queries ? Math.clamp(past + i + 1L - first, 0, blockSize) : 0;
            Arrays.fill(scores, from + visible, from + scoreStride, 0f);
            if (visible > 0) {
                codec.scaleScores(bytes, keys, scores, from, visible);
                softmax(i, from, visible);
                codec.scaleWeights(bytes, values, scores, from, visible);
            }
        }
    }

    private void softmax(int i, int from, int visible) {
        float max = state[2 * i];
        float newMax = BlockSoftmax.largest(scores, from, visible, max);
        float keep = (float) Math.exp(max - newMax);
        float total = BlockSoftmax.exponentiate(scores, from, visible, newMax);
        state[2 * i] = newMax;
        state[2 * i + 1] = state[2 * i + 1] * keep + total;
        if (keep != 1f) {
            for (int d = i * sumStride; d < (i + 1) * sumStride; d += LANES) {
                FloatVector.fromArray(SPECIES, sums, d).mul(keep).intoArray(sums, d);
            }
        }
    }

    private void accumulate(long values, int firstTile, int first, int count) {
        MemorySegment bytes = pool.bytes();
        for (int d = 0; d < channels; d += PANEL) {
            codec.unpack(bytes, values + d / PANEL * layout.panel(blockSize), count, panels, d * blockSize);
        }
        for (int d = 0; d < channels; d += PanelProduct.COLUMNS) {
            int column = d / PANEL * PANEL * blockSize + d % PANEL;
            for (int tile = firstTile; tile < queries; tile += TILE) {
                // Slots beyond what the tile sees are stale or in its future, and what is stale may be no number.
                int visible = Math.min(blockSize, past + Math.min(tile + TILE, queries) - first);
                int weight = tile * scoreStride;
                int sum = tile * sumStride + d;
                PanelProduct.add(scores, weight, scoreStride, visible, panels, column, sums, sum, sumStride);
            }
        }
    }
}
