package dev.sharegpt4v.runtime.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * The processors.
 *
 * @param threads that share the work of one operator, the calling thread among them
 * @param operators our own kernels, if the graph needs them
 */
record CpuProvider(int threads, Optional<CustomOperators> operators) implements Provider {

    private static final int EXTENDED = 2;

    CpuProvider(int threads) {
        this(threads, Optional.empty());
    }

    CpuProvider(int threads, CustomOperators operators) {
        this(threads, Optional.of(operators));
    }

    @Override
    public void configure(Arena arena, MemorySegment options) {
        Ort.check(() -> (MemorySegment) OrtApi.SET_INTRA_OP_THREADS.invokeExact(options, threads));
        Ort.check(() -> (MemorySegment) OrtApi.SET_OPTIMIZATION_LEVEL.invokeExact(options, EXTENDED));
        // Threads spin between operators of a step and sleep between steps.
        Ort.config(arena, options, "session.force_spinning_stop", "1");
        operators.ifPresent(
                own -> Ort.check(() -> (MemorySegment) OrtApi.ADD_CUSTOM_OP_DOMAIN.invokeExact(options, own.domain())));
    }
}
