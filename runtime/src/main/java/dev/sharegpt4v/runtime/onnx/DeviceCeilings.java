package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.accelerator.Accelerator;
import dev.sharegpt4v.runtime.accelerator.BoundTensor;
import dev.sharegpt4v.runtime.accelerator.DeviceMemory;
import dev.sharegpt4v.runtime.accelerator.StepGraph;
import dev.sharegpt4v.runtime.accelerator.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * Measures what bounds steps on an accelerator: a copy within its memory, and a large matrix product on random numbers (on
 * zeros a GPU is faster, since it needs less power). The best of several passes counts, each of several repetitions in a row.
 */
final class DeviceCeilings {

    private static final int PASSES = 5;
    private static final long SEED = 1;

    private final Accelerator accelerator;
    private final int repetitions;
    private final LongSupplier clock;

    DeviceCeilings(Accelerator accelerator, int repetitions, LongSupplier clock) {
        this.accelerator = accelerator;
        this.repetitions = repetitions;
        this.clock = clock;
    }

    /** Bytes a second, those read and those written both counted. */
    double copy(long bytes) {
        DeviceMemory from = accelerator.allocate(bytes);
        DeviceMemory to = accelerator.allocate(bytes);
        try {
            return 2.0 * bytes * repetitions / bestSeconds(() -> accelerator.copy(from, to));
        } finally {
            accelerator.free(from);
            accelerator.free(to);
        }
    }

    /**
     * Additions and multiplications a second of a {@link ProductGraph}.
     *
     * @param type halves or floats
     */
    double product(StepGraph graph, TensorType type, int side) {
        long bytes = type.bytes(side, side);
        DeviceMemory all = accelerator.allocate(3 * bytes);
        try (StepGraph.Binding binding = graph.newBinding()) {
            fill(all.slice(0, bytes), type);
            fill(all.slice(bytes, bytes), type);
            binding.input(BoundTensor.of(ProductGraph.LEFT, type, all.slice(0, bytes), side, side));
            binding.input(BoundTensor.of(ProductGraph.RIGHT, type, all.slice(bytes, bytes), side, side));
            binding.output(BoundTensor.of(ProductGraph.PRODUCT, type, all.slice(2 * bytes, bytes), side, side));
            double flops = 2.0 * side * side * side * repetitions;
            return flops / bestSeconds(() -> binding.run(StepGraph.NO_CAPTURE));
        } finally {
            accelerator.free(all);
        }
    }

    /** Random numbers from -1 to 1. */
    private void fill(DeviceMemory memory, TensorType type) {
        MemorySegment host = accelerator.allocatePinned(memory.bytes());
        try {
            SplittableRandom random = new SplittableRandom(SEED);
            long count = memory.bytes() / type.bytes();
            for (long i = 0; i < count; i++) {
                float value = random.nextFloat() * 2 - 1;
                if (type == TensorType.FLOAT) {
                    host.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
                } else {
                    host.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16(value));
                }
            }
            accelerator.upload(host, memory);
            accelerator.synchronize();
        } finally {
            accelerator.freePinned(host);
        }
    }

    private double bestSeconds(Runnable work) {
        work.run();
        accelerator.synchronize();
        long best = Long.MAX_VALUE;
        for (int pass = 0; pass < PASSES; pass++) {
            long started = clock.getAsLong();
            for (int i = 0; i < repetitions; i++) {
                work.run();
            }
            accelerator.synchronize();
            best = Math.min(best, clock.getAsLong() - started);
        }
        return best / 1e9;
    }
}
