package dev.sharegpt4v.runtime.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The inputs of one attention call, as the graph gives them.
 *
 * @param tokens packed tokens T
 * @param rows sequences B
 * @param qkv [T, (heads + 2·kvHeads)·headSize]
 * @param cumulative [B+1] first packed token of each sequence
 * @param past [B] tokens that each sequence has in the cache already
 * @param blockTable [B, maxBlocks]
 * @param maxBlocks columns of the block table
 * @param slots [T] where each token's key and value go
 * @param cos [positions, headSize/2]
 * @param sin [positions, headSize/2]
 * @param output [T, heads·headSize]
 */
record AttentionStep(
        int tokens,
        int rows,
        MemorySegment qkv,
        int[] cumulative,
        int[] past,
        int[] blockTable,
        int maxBlocks,
        int[] slots,
        MemorySegment cos,
        MemorySegment sin,
        MemorySegment output) {

    /** Reads the inputs of a node in their order. */
    static AttentionStep of(KernelContext context, CustomOperators.Attributes attributes) {
        int tokens = (int) context.dimension(0, 0);
        int width = (attributes.heads() + 2 * attributes.kvHeads()) * attributes.headSize();
        int rows = (int) context.dimension(2, 0);
        int maxBlocks = (int) context.dimension(3, 1);
        long positions = context.dimension(5, 0);
        long table = positions * (attributes.headSize() / 2) * Float.BYTES;
        return new AttentionStep(
                tokens,
                rows,
                context.input(0, (long) tokens * width * Float.BYTES),
                ints(context, 1, rows + 1),
                ints(context, 2, rows),
                ints(context, 3, rows * maxBlocks),
                maxBlocks,
                ints(context, 4, tokens),
                context.input(5, table),
                context.input(6, table),
                context.output(0, tokens, (long) attributes.heads() * attributes.headSize()));
    }

    private static int[] ints(KernelContext context, int index, int count) {
        return context.input(index, (long) count * Integer.BYTES).toArray(ValueLayout.JAVA_INT);
    }

    int block(int row, int index) {
        return blockTable[row * maxBlocks + index];
    }

    int sliceLength(int row) {
        return cumulative[row + 1] - cumulative[row];
    }
}
