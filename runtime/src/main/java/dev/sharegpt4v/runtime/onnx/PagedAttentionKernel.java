package dev.sharegpt4v.runtime.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Paged attention on the CPU: rotates queries and keys, writes keys and values to their slots, attends causally.
 *
 * <p>Work is split by head and by sequence. What a token gets does not depend, to the last bit, on which other sequences
 * share the step, on how its prompt was cut, or on how the work is split: every sum runs over the token's own blocks in order.
 * Packed tokens after the last slice get zeros. A slot below 0 writes nothing, as with {@code com.microsoft.PagedAttention}.
 *
 * <p>Source: RoPE, arXiv:2104.09864, half-split form; online softmax, arXiv:1805.02867; paging, arXiv:2309.06180.
 */
final class PagedAttentionKernel implements CustomOperators.Kernel {

    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /** Below this many multiplications a call is done before other threads would wake up. */
    private static final long PARALLEL_WORK = 400_000;

    private final CustomOperators.Attributes attributes;
    private final KvPool pool;

    PagedAttentionKernel(CustomOperators.Attributes attributes, KvPool pool) {
        if (attributes.kvHeads() != pool.kvHeads() || attributes.headSize() != pool.headSize()) {
            throw new IllegalArgumentException("the graph's attention does not have the shape of the KV cache");
        }
        this.attributes = attributes;
        this.pool = pool;
    }

    @Override
    public void compute(KernelContext context) {
        AttentionStep step = AttentionStep.of(context, attributes);
        clearPadding(step);
        int heads = attributes.heads();
        int group = heads / attributes.kvHeads();
        int items = attributes.kvHeads();
        if (work(step) < PARALLEL_WORK) {
            for (int head = 0; head < items; head++) {
                head(step, head, group);
            }
        } else {
            context.parallel(items, head -> head(step, head, group));
        }
    }

    private void clearPadding(AttentionStep step) {
        long row = (long) attributes.heads() * attributes.headSize() * Float.BYTES;
        long used = step.cumulative()[step.rows()] * row;
        step.output().asSlice(used, step.tokens() * row - used).fill((byte) 0);
    }

    private long work(AttentionStep step) {
        long pairs = 0;
        for (int row = 0; row < step.rows(); row++) {
            long length = step.sliceLength(row);
            pairs += length * (step.past()[row] + length);
        }
        return pairs * attributes.heads() * attributes.headSize() * 2;
    }

    /** Everything of one key/value head and the query heads that share it. */
    void head(AttentionStep step, int kvHead, int group) {
        writeKeysAndValues(step, kvHead);
        for (int row = 0; row < step.rows(); row++) {
            int length = step.sliceLength(row);
            for (int member = 0; member < group; member++) {
                int head = kvHead * group + member;
                if (length == 1) {
                    DecodeAttention.run(step, attributes, pool, row, head);
                } else if (length > 1) {
                    PrefillAttention.run(step, attributes, pool, row, head);
                }
            }
        }
    }

    private void writeKeysAndValues(AttentionStep step, int kvHead) {
        int size = attributes.headSize();
        long rowBytes = (long) (attributes.heads() + 2 * attributes.kvHeads()) * size * Float.BYTES;
        long keyOffset = (long) (attributes.heads() + kvHead) * size * Float.BYTES;
        long valueOffset = keyOffset + (long) attributes.kvHeads() * size * Float.BYTES;
        MemorySegment bytes = pool.bytes();
        KvCodec codec = pool.codec();
        float[] element = AttentionScratch.own().element(size);
        for (int row = 0; row < step.rows(); row++) {
            for (int token = step.cumulative()[row]; token < step.cumulative()[row + 1]; token++) {
                if (step.slots()[token] < 0) {
                    continue;
                }
                int position = step.past()[row] + token - step.cumulative()[row];
                int within = step.slots()[token] % pool.blockSize();
                int block = step.slots()[token] / pool.blockSize();
                long keys = pool.keys(attributes.layer(), block, kvHead);
                long values = pool.values(attributes.layer(), block, kvHead);
                Rotation.apply(step, size, token * rowBytes + keyOffset, position, element, 0, 1f);
                codec.writeKey(bytes, keys, within, element);
                MemorySegment.copy(
                        step.qkv(), ValueLayout.JAVA_FLOAT_UNALIGNED, token * rowBytes + valueOffset, element, 0, size);
                codec.writeValue(bytes, keys, values, within, element);
            }
        }
    }
}
