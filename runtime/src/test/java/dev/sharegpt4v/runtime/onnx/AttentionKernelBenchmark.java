package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One attention node of the 7B shape (32 heads of 128 channels, blocks of 64 tokens) on one thread. The layers take turns, so
 * that keys and values come from memory as they do in a step, and not from a cache.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AttentionKernelBenchmark {

    private static final int HEADS = 32;
    private static final int CHANNELS = 128;
    private static final int BLOCK = 64;
    private static final int LAYERS = 8;

    /** New tokens: one is a decode, more are a chunk of a prompt. */
    @Param({"1", "8", "128"})
    public int tokens;

    /** Tokens that are in the cache already. */
    @Param({"64", "640", "1920"})
    public int context;

    /** How keys and values are stored. */
    @Param({"FP32", "FP16", "INT8"})
    public KvFormat format = KvFormat.FP32;

    private final PagedAttentionKernel[] layers = new PagedAttentionKernel[LAYERS];
    private @Nullable Arena arena;
    private @Nullable KvPool pool;
    private @Nullable AttentionStep step;
    private int turn;

    @Setup
    @SuppressWarnings("MustBeClosedChecker") // Closed in free().
    public void prepare() {
        Arena memory = Arena.ofConfined();
        arena = memory;
        int positions = context + tokens;
        int blocks = Math.ceilDiv(positions, BLOCK);
        KvPool cache = new KvPool(
                new ModelShape(10, 10, LAYERS, HEADS, CHANNELS, HEADS * CHANNELS, positions),
                new KvGeometry(blocks, BLOCK),
                format);
        pool = cache;
        for (int layer = 0; layer < LAYERS; layer++) {
            float scale = (float) (1 / Math.sqrt(CHANNELS));
            layers[layer] = new PagedAttentionKernel(
                    new CustomOperators.Attributes(HEADS, HEADS, CHANNELS, layer, scale), cache);
        }
        int[] table = new int[blocks];
        for (int i = 0; i < blocks; i++) {
            table[i] = blocks - 1 - i;
        }
        for (int token = 0; token < context; token += BLOCK) {
            AttentionStep prompt = step(memory, 0, Math.min(BLOCK, context - token), token, table);
            for (PagedAttentionKernel layer : layers) {
                for (int head = 0; head < HEADS; head++) {
                    layer.head(prompt, head, 1);
                }
            }
        }
        step = step(memory, 0, tokens, context, table);
    }

    @Benchmark
    public MemorySegment node() {
        AttentionStep run = step;
        if (run == null) {
            throw new IllegalStateException("not prepared");
        }
        PagedAttentionKernel kernel = layers[turn];
        turn = (turn + 1) % LAYERS;
        for (int head = 0; head < HEADS; head++) {
            kernel.head(run, head, 1);
        }
        return run.output();
    }

    @TearDown
    public void free() {
        if (pool != null) {
            pool.close();
        }
        if (arena != null) {
            arena.close();
        }
    }

    private static AttentionStep step(Arena arena, int past, int length, int context, int[] table) {
        int[] slots = new int[length];
        for (int i = 0; i < length; i++) {
            slots[i] = table[(context + i) / BLOCK] * BLOCK + (context + i) % BLOCK;
        }
        long angles = (long) (context + length) * CHANNELS / 2;
        return new AttentionStep(
                length,
                1,
                random(arena, (long) length * 3 * HEADS * CHANNELS),
                new int[] {0, length},
                new int[] {past + context},
                table,
                table.length,
                slots,
                random(arena, angles),
                random(arena, angles),
                random(arena, (long) length * HEADS * CHANNELS));
    }

    private static MemorySegment random(Arena arena, long floats) {
        MemorySegment memory = arena.allocate(floats * Float.BYTES, 64);
        fill(memory);
        return memory;
    }

    private static void fill(MemorySegment memory) {
        Random random = new Random(1);
        for (long i = 0; i < memory.byteSize() / Float.BYTES; i++) {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, random.nextFloat() - 0.5f);
        }
    }
}
