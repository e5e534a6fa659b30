package dev.sharegpt4v.server.bench.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * How fast the machine reads memory: what a decode step can at best be.
 *
 * @param bytesPerSecond of the fastest pass, all threads together
 * @param threads that read
 * @param bytes that each pass read; many times the caches
 */
public record MemoryBandwidth(double bytesPerSecond, int threads, long bytes) {

    private static final VectorSpecies<Long> SPECIES = LongVector.SPECIES_PREFERRED;
    private static final int WIDTH = SPECIES.vectorByteSize();
    private static final int STRETCH = 1 << 20;
    private static final byte FILL = 1;

    /**
     * Adds up a large array outside of the heap, several times.
     *
     * @param bytes of the array, cut to whole mebibytes for each thread
     */
    public static MemoryBandwidth measure(int threads, long bytes, int passes) throws InterruptedException {
        long share = Math.max(1, bytes / threads / STRETCH) * STRETCH;
        CyclicBarrier together = new CyclicBarrier(threads);
        List<Callable<List<Pass>>> readers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            readers.add(() -> read(share, passes, together));
        }
        List<List<Pass>> found = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().factory())) {
            for (Future<List<Pass>> reader : pool.invokeAll(readers)) {
                found.add(reader.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("reading memory failed: " + e.getCause(), e.getCause());
        }
        return new MemoryBandwidth(share * threads / (fastest(found, passes) / 1e9), threads, share * threads);
    }

    /** As a ceiling of steps. */
    public Ceilings ceilings() {
        return new Ceilings(
                bytesPerSecond,
                OptionalDouble.empty(),
                "%d threads read %d MB".formatted(threads, Math.round(bytes / 1e6)));
    }

    private record Pass(long started, long ended) {}

    /** A pass takes from the first thread's start to the last one's end. */
    private static double fastest(List<List<Pass>> threads, int passes) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < passes; i++) {
            long started = Long.MAX_VALUE;
            long ended = Long.MIN_VALUE;
            for (List<Pass> thread : threads) {
                started = Math.min(started, thread.get(i).started());
                ended = Math.max(ended, thread.get(i).ended());
            }
            best = Math.min(best, ended - started);
        }
        return best;
    }

    /** Each thread touches its own share first, so that it lies in the memory next to it. */
    private static List<Pass> read(long share, int passes, CyclicBarrier together)
            throws InterruptedException, BrokenBarrierException {
        List<Pass> times = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(share, Long.BYTES * 8L).fill(FILL);
            for (int i = 0; i < passes; i++) {
                together.await();
                long started = System.nanoTime();
                long sum = sum(memory);
                times.add(new Pass(started, System.nanoTime()));
                if (sum != share / Long.BYTES * 0x0101010101010101L) {
                    throw new IllegalStateException("memory does not hold what was written to it. This is a bug.");
                }
            }
        }
        return times;
    }

    static long sum(MemorySegment memory) {
        long sum = 0;
        for (long from = 0; from < memory.byteSize(); from += STRETCH) {
            sum += sumOfStretch(memory.asSlice(from, Math.min(STRETCH, memory.byteSize() - from)));
        }
        return sum;
    }

    /** Four sums at a time, so that no addition waits for the one before. */
    private static long sumOfStretch(MemorySegment stretch) {
        int bytes = (int) stretch.byteSize();
        LongVector s0 = LongVector.zero(SPECIES);
        LongVector s1 = s0;
        LongVector s2 = s0;
        LongVector s3 = s0;
        int at = 0;
        for (; at <= bytes - 4 * WIDTH; at += 4 * WIDTH) {
            s0 = s0.add(load(stretch, at));
            s1 = s1.add(load(stretch, at + WIDTH));
            s2 = s2.add(load(stretch, at + 2 * WIDTH));
            s3 = s3.add(load(stretch, at + 3 * WIDTH));
        }
        for (; at < bytes; at += WIDTH) {
            s0 = s0.add(load(stretch, at));
        }
        return s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
    }

    private static LongVector load(MemorySegment memory, int at) {
        return LongVector.fromMemorySegment(SPECIES, memory, at, ByteOrder.nativeOrder());
    }
}
