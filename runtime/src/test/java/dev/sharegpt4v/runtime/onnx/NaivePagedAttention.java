package dev.sharegpt4v.runtime.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * {@code com.microsoft.PagedAttention} as its documentation has it: one number after the other, in doubles over the stored
 * elements. Packed queries, keys and values, a cache of {@code [block, token, head, channel]} that is written in place, half-split
 * rotation, causal, no window, no sink.
 *
 * <p>Source: docs/contrib_ops/cuda/paged_attention.md of ONNX Runtime 1.29.
 */
final class NaivePagedAttention implements CustomOperators.Kernel {

    static final String DOMAIN = "dev.sharegpt4v.test";

    private static final int INT32 = 6;
    private static final int PACKED = 0;
    private static final int KEYS = 3;
    private static final int VALUES = 4;
    private static final int CUMULATIVE = 5;
    private static final int PAST = 6;
    private static final int BLOCK_TABLE = 7;
    private static final int COSINES = 8;
    private static final int SINES = 9;
    private static final int SLOTS = 10;
    private static final int METADATA = 16;
    private static final List<Integer> INTEGERS = List.of(CUMULATIVE, PAST, BLOCK_TABLE, SLOTS, METADATA);
    private static final List<Integer> GIVEN =
            List.of(PACKED, KEYS, VALUES, CUMULATIVE, PAST, BLOCK_TABLE, COSINES, SINES, SLOTS, METADATA);

    private final CustomOperators.Attributes attributes;
    private final StoredFloats floats;
    private final int size;

    NaivePagedAttention(CustomOperators.Attributes attributes, StoredFloats floats) {
        this.attributes = attributes;
        this.floats = floats;
        this.size = attributes.headSize();
    }

    /** The operator in a domain for tests, its inputs in the order of ONNX Runtime's; the optional ones stay optional. */
    static CustomOperators.Signature signature(StoredFloats floats) {
        return new CustomOperators.Signature(
                DOMAIN,
                "PagedAttention",
                IntStream.rangeClosed(PACKED, METADATA)
                        .mapToObj(input -> new CustomOperators.Input(
                                INTEGERS.contains(input) ? INT32 : floats.code, !GIVEN.contains(input)))
                        .toList(),
                floats.code);
    }

    /** One call's inputs; lengths of sequences and places in the cache as plain arrays. */
    private record Call(
            MemorySegment packed,
            MemorySegment keys,
            MemorySegment values,
            MemorySegment cosines,
            MemorySegment sines,
            int[] cumulative,
            int[] past,
            int[] table,
            int[] slots,
            int columns,
            int blockSize) {

        int tokens() {
            return slots.length;
        }

        /** Where a position of a sequence lies in the cache. */
        int slot(int row, int position) {
            return table[row * columns + position / blockSize] * blockSize + position % blockSize;
        }
    }

    @Override
    public void compute(KernelContext context) {
        Call call = read(context);
        MemorySegment output = context.output(0, call.tokens(), (long) attributes.heads() * size, floats.bytes);
        // All of a call's keys and values are there before any of its queries looks.
        eachToken(call, (_, token, position) -> write(call, token, position));
        eachToken(call, (row, token, position) -> {
            for (int head = 0; head < attributes.heads(); head++) {
                double[] attended = attend(call, row, token, position, head);
                for (int channel = 0; channel < size; channel++) {
                    floats.set(output, ((long) token * attributes.heads() + head) * size + channel, attended[channel]);
                }
            }
        });
    }

    private Call read(KernelContext context) {
        int tokens = (int) context.dimension(PACKED, 0);
        int rows = (int) context.dimension(PAST, 0);
        int columns = (int) context.dimension(BLOCK_TABLE, 1);
        long blocks = context.dimension(KEYS, 0);
        int blockSize = (int) context.dimension(KEYS, 1);
        long positions = context.dimension(COSINES, 0);
        long cacheBytes = blocks * blockSize * attributes.kvHeads() * size * floats.bytes;
        Call call = new Call(
                context.input(PACKED, tokens * packedWidth() * floats.bytes),
                context.input(KEYS, cacheBytes),
                context.input(VALUES, cacheBytes),
                context.input(COSINES, positions * size / 2 * floats.bytes),
                context.input(SINES, positions * size / 2 * floats.bytes),
                integers(context, CUMULATIVE, rows + 1),
                integers(context, PAST, rows),
                integers(context, BLOCK_TABLE, rows * columns),
                integers(context, SLOTS, tokens),
                columns,
                blockSize);
        require(context.dimension(COSINES, 1) == size / 2, "a rotary table that is half a head wide");
        require(call.cumulative()[0] == 0 && call.cumulative()[rows] == tokens, "sequences that make up the tokens");
        require(context.dimension(METADATA, 0) == 2, "metadata of two numbers");
        int[] metadata = integers(context, METADATA, 2);
        for (int row = 0; row < rows; row++) {
            int length = call.cumulative()[row + 1] - call.cumulative()[row];
            require(length <= metadata[0], "no more queries of a sequence than the metadata says");
            require(
                    length == 0 || call.past()[row] + length <= metadata[1],
                    "no longer sequence than the metadata says");
            require(Arrays.stream(call.table()).allMatch(block -> block >= 0 && block < blocks), "blocks of the cache");
        }
        return call;
    }

    private static int[] integers(KernelContext context, int input, int count) {
        return context.input(input, (long) count * Integer.BYTES).toArray(ValueLayout.JAVA_INT);
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException("PagedAttention wants " + what);
        }
    }

    private interface Visitor {
        void visit(int row, int token, int position);
    }

    private static void eachToken(Call call, Visitor visitor) {
        for (int row = 0; row < call.past().length; row++) {
            for (int token = call.cumulative()[row]; token < call.cumulative()[row + 1]; token++) {
                visitor.visit(row, token, call.past()[row] + token - call.cumulative()[row]);
            }
        }
    }

    private void write(Call call, int token, int position) {
        int slot = call.slots()[token];
        if (slot < 0) {
            return;
        }
        for (int head = 0; head < attributes.kvHeads(); head++) {
            double[] key = rotated(call, packed(call, token, attributes.heads() + head), position);
            double[] value = packed(call, token, attributes.heads() + attributes.kvHeads() + head);
            for (int channel = 0; channel < size; channel++) {
                floats.set(call.keys(), element(slot, head, channel), key[channel]);
                floats.set(call.values(), element(slot, head, channel), value[channel]);
            }
        }
    }

    private double[] attend(Call call, int row, int token, int position, int head) {
        int kvHead = head / (attributes.heads() / attributes.kvHeads());
        double[] query = rotated(call, packed(call, token, head), position);
        double[] scores = new double[position + 1];
        for (int seen = 0; seen <= position; seen++) {
            for (int channel = 0; channel < size; channel++) {
                scores[seen] += query[channel]
                        * floats.get(call.keys(), element(call.slot(row, seen), kvHead, channel))
                        * attributes.scale();
            }
        }
        double largest = Arrays.stream(scores).max().orElseThrow();
        double total =
                Arrays.stream(scores).map(score -> Math.exp(score - largest)).sum();
        double[] attended = new double[size];
        for (int seen = 0; seen <= position; seen++) {
            double share = Math.exp(scores[seen] - largest) / total;
            for (int channel = 0; channel < size; channel++) {
                attended[channel] += share * floats.get(call.values(), element(call.slot(row, seen), kvHead, channel));
            }
        }
        return attended;
    }

    private double[] rotated(Call call, double[] vector, int position) {
        int half = size / 2;
        double[] turned = new double[size];
        for (int index = 0; index < half; index++) {
            double cosine = floats.get(call.cosines(), (long) position * half + index);
            double sine = floats.get(call.sines(), (long) position * half + index);
            turned[index] = vector[index] * cosine - vector[index + half] * sine;
            turned[index + half] = vector[index + half] * cosine + vector[index] * sine;
        }
        return turned;
    }

    /** One head of a token's packed row: query heads, then key heads, then value heads. */
    private double[] packed(Call call, int token, int head) {
        double[] vector = new double[size];
        for (int channel = 0; channel < size; channel++) {
            vector[channel] = floats.get(call.packed(), token * packedWidth() + (long) head * size + channel);
        }
        return vector;
    }

    private long element(int slot, int head, int channel) {
        return ((long) slot * attributes.kvHeads() + head) * size + channel;
    }

    private long packedWidth() {
        return (long) (attributes.heads() + 2 * attributes.kvHeads()) * size;
    }
}
