package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.execution.BlockCopy;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.execution.PackedStep;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * Sequences whose blocks are scattered over a pool, run by the kernel, and beside it attention as the textbook writes it: in
 * doubles, over plain lists of keys and values.
 */
final class AttentionScene implements AutoCloseable {

    private static final int BLOCKS = 60;
    private static final int POSITIONS = 1024;

    /** What an output should be, and how far storage may take it from that. */
    record Expected(double value, double bound) {}

    /** One output of the kernel beside what it should be. */
    record Output(String place, double actual, Expected expected) {}

    private final Arena arena = Arena.ofConfined();
    private final Random random;
    private final ToDoubleFunction<Random> distribution;
    private final KvFormat format;
    private final CustomOperators.Attributes shape;
    private final KvPool pool;
    private final PagedAttentionKernel kernel;
    private final MemorySegment cos;
    private final MemorySegment sin;
    private boolean writes = true;
    private final List<Integer> free = new ArrayList<>();
    private final List<List<Integer>> tables = new ArrayList<>();
    /** Per sequence, per token: all key heads, then all value heads, keys rotated. */
    private final List<List<double[]>> cached = new ArrayList<>();

    AttentionScene(
            KvFormat format,
            int heads,
            int kvHeads,
            int headSize,
            int blockSize,
            int sequences,
            long seed,
            ToDoubleFunction<Random> distribution) {
        this.random = new Random(seed);
        this.distribution = distribution;
        this.format = format;
        this.shape = new CustomOperators.Attributes(heads, kvHeads, headSize, 1, (float) (1 / Math.sqrt(headSize)));
        this.pool = new KvPool(
                new ModelShape(10, 10, 2, kvHeads, headSize, heads * headSize, POSITIONS),
                new KvGeometry(BLOCKS, blockSize),
                format);
        // What was there before must not show.
        pool.bytes().fill((byte) 0xff);
        this.kernel = new PagedAttentionKernel(shape, pool);
        this.cos = arena.allocate((long) POSITIONS * headSize / 2 * Float.BYTES, 4);
        this.sin = arena.allocate((long) POSITIONS * headSize / 2 * Float.BYTES, 4);
        for (int position = 0; position < POSITIONS; position++) {
            for (int i = 0; i < headSize / 2; i++) {
                double angle = position * Math.pow(10_000, -2.0 * i / headSize);
                long index = (long) position * headSize / 2 + i;
                cos.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) Math.cos(angle));
                sin.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) Math.sin(angle));
            }
        }
        for (int block = 0; block < BLOCKS; block++) {
            free.add(block);
        }
        Collections.shuffle(free, random);
        for (int i = 0; i < sequences; i++) {
            tables.add(new ArrayList<>());
            cached.add(new ArrayList<>());
        }
    }

    /** Begins another sequence with all that one holds, in blocks of its own that are copied. */
    void fork(int sequence) {
        List<Integer> copies = new ArrayList<>();
        for (int block : tables.get(sequence)) {
            int copy = free.removeLast();
            pool.copy(new BlockCopy(block, copy));
            copies.add(copy);
        }
        tables.add(copies);
        cached.add(new ArrayList<>(cached.get(sequence)));
    }

    /** From now on no token has a slot. */
    void writeNothing() {
        writes = false;
    }

    /** All bytes of the cache. */
    byte[] cache() {
        return pool.bytes().toArray(ValueLayout.JAVA_BYTE);
    }

    /** Floats of queries, keys and values for so many tokens. */
    float[] inputs(int tokens) {
        float[] inputs = new float[tokens * width()];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = (float) distribution.applyAsDouble(random);
        }
        return inputs;
    }

    int width() {
        return (shape.heads() + 2 * shape.kvHeads()) * shape.headSize();
    }

    /** One call with so many new tokens for each sequence, in random values, and what should come of it. */
    List<Output> run(List<Integer> lengths) {
        int tokens = lengths.stream().mapToInt(Integer::intValue).sum();
        float[] inputs = inputs(tokens);
        int[] past = cached.stream().mapToInt(List::size).toArray();
        float[] outputs = run(lengths, inputs);
        List<Output> compared = new ArrayList<>();
        int token = 0;
        for (int row = 0; row < lengths.size(); row++) {
            for (int i = 0; i < lengths.get(row); i++, token++) {
                remember(row, inputs, token, past[row] + i);
                compare(row, inputs, token, past[row] + i, outputs, compared);
            }
        }
        return compared;
    }

    /** One call; what it gives, [tokens, heads · head size]. Positions go on where the sequences' blocks end. */
    float[] run(List<Integer> lengths, float[] inputs) {
        MemorySegment qkv = arena.allocate((long) inputs.length * Float.BYTES, 4);
        MemorySegment.copy(inputs, 0, qkv, ValueLayout.JAVA_FLOAT, 0, inputs.length);
        int tokens = inputs.length / width();
        MemorySegment output = arena.allocate((long) tokens * shape.heads() * shape.headSize() * Float.BYTES, 4);
        int[] past = cached.stream().mapToInt(List::size).toArray();
        AttentionStep step = step(lengths, past, tokens, qkv, output);
        for (int head = 0; head < shape.kvHeads(); head++) {
            kernel.head(step, head, shape.heads() / shape.kvHeads());
        }
        return output.toArray(ValueLayout.JAVA_FLOAT);
    }

    private AttentionStep step(List<Integer> lengths, int[] past, int tokens, MemorySegment qkv, MemorySegment output) {
        int rows = lengths.size();
        int[] cumulative = new int[rows + 1];
        int[] slots = new int[tokens];
        int[] table = new int[rows * BLOCKS];
        for (int row = 0; row < rows; row++) {
            cumulative[row + 1] = cumulative[row] + lengths.get(row);
            for (int i = 0; i < lengths.get(row); i++) {
                int position = past[row] + i;
                if (position / pool.blockSize() == tables.get(row).size()) {
                    tables.get(row).add(free.removeLast());
                }
                int block = tables.get(row).get(position / pool.blockSize());
                slots[cumulative[row] + i] =
                        writes ? block * pool.blockSize() + position % pool.blockSize() : PackedStep.NO_SLOT;
            }
            for (int i = 0; i < tables.get(row).size(); i++) {
                table[row * BLOCKS + i] = tables.get(row).get(i);
            }
        }
        return new AttentionStep(tokens, rows, qkv, cumulative, past, table, BLOCKS, slots, cos, sin, output);
    }

    /** Notes a token's key and value for later calls. */
    void remember(int row, float[] inputs, int token, int position) {
        int size = shape.headSize();
        double[] entry = new double[2 * shape.kvHeads() * size];
        for (int head = 0; head < shape.kvHeads(); head++) {
            int at = token * width() + (shape.heads() + head) * size;
            System.arraycopy(rotated(inputs, at, position), 0, entry, head * size, size);
            for (int d = 0; d < size; d++) {
                entry[(shape.kvHeads() + head) * size + d] = inputs[at + shape.kvHeads() * size + d];
            }
        }
        cached.get(row).add(entry);
    }

    private void compare(int row, float[] inputs, int token, int position, float[] outputs, List<Output> compared) {
        int size = shape.headSize();
        for (int head = 0; head < shape.heads(); head++) {
            double[] query = rotated(inputs, token * width() + head * size, position);
            Expected[] expected = attend(query, cached.get(row), head);
            for (int d = 0; d < size; d++) {
                compared.add(new Output(
                        "sequence %d, position %d, head %d, channel %d".formatted(row, position, head, d),
                        outputs[(token * shape.heads() + head) * size + d],
                        expected[d]));
            }
        }
    }

    private double[] rotated(float[] inputs, int at, int position) {
        int half = shape.headSize() / 2;
        double[] turned = new double[2 * half];
        for (int i = 0; i < half; i++) {
            double low = inputs[at + i];
            double high = inputs[at + half + i];
            double angle = position * Math.pow(10_000, -2.0 * i / shape.headSize());
            turned[i] = low * Math.cos(angle) - high * Math.sin(angle);
            turned[half + i] = high * Math.cos(angle) + low * Math.sin(angle);
        }
        return turned;
    }

    private Expected[] attend(double[] query, List<double[]> entries, int head) {
        int size = shape.headSize();
        int kvHead = head / (shape.heads() / shape.kvHeads());
        double[] scores = new double[entries.size()];
        double shift = 0;
        for (int t = 0; t < scores.length; t++) {
            double off = 0;
            double[] errors = errors(entries.get(t), kvHead * size);
            for (int d = 0; d < size; d++) {
                scores[t] += query[d] * entries.get(t)[kvHead * size + d] * shape.scale();
                off += Math.abs(query[d]) * errors[d] * shape.scale();
            }
            shift = Math.max(shift, off);
        }
        double max = java.util.Arrays.stream(scores).max().orElseThrow();
        double total = 0;
        for (int t = 0; t < scores.length; t++) {
            scores[t] = Math.exp(scores[t] - max);
            total += scores[t];
        }
        return outputs(entries, (shape.kvHeads() + kvHead) * size, scores, total, shift);
    }

    /** Where no score is off by more than {@code shift}, no weight is off by more than the factor exp(2 · shift). */
    private Expected[] outputs(List<double[]> entries, int from, double[] weights, double total, double shift) {
        int size = shape.headSize();
        double[] values = new double[size];
        double[] off = new double[size];
        double[] magnitudes = new double[size];
        double[] largest = new double[size];
        for (int t = 0; t < weights.length; t++) {
            double[] errors = errors(entries.get(t), from);
            double weight = weights[t] / total;
            for (int d = 0; d < size; d++) {
                double value = entries.get(t)[from + d];
                values[d] += weight * value;
                off[d] += weight * errors[d];
                magnitudes[d] += weight * Math.abs(value);
                largest[d] = Math.max(largest[d], Math.abs(value));
            }
        }
        Expected[] expected = new Expected[size];
        for (int d = 0; d < size; d++) {
            double factor = Math.exp(2 * shift);
            double bound = Math.min((factor - 1) * magnitudes[d] + factor * off[d], 2.1 * largest[d]);
            // Arithmetic in floats, whatever the storage.
            expected[d] = new Expected(values[d], bound + 3e-5 * Math.max(1, largest[d]));
        }
        return expected;
    }

    /** How far storage may take each channel of one head's key or value. */
    private double[] errors(double[] entry, int from) {
        double[] errors = new double[shape.headSize()];
        double largest = 0;
        for (int d = 0; d < errors.length; d++) {
            largest = Math.max(largest, Math.abs(entry[from + d]));
        }
        for (int d = 0; d < errors.length; d++) {
            errors[d] = switch (format) {
                        case FP32 -> 0;
                        case FP16 -> Math.max(Math.abs(entry[from + d]) * 0x1p-11, 0x1p-25);
                        case INT8 -> largest / 254;
                    }
                    * 1.0001;
        }
        return errors;
    }

    @Override
    public void close() {
        pool.close();
        arena.close();
    }
}
