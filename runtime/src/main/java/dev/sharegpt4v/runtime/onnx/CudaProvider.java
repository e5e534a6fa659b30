package dev.sharegpt4v.runtime.onnx;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A GPU, and nothing but it: a graph with an operator that would run on the processors does not open.
 *
 * @param deviceId which of several
 * @param stream that all its work goes to, a native handle
 * @param capture whether runs may be captured
 */
record CudaProvider(int deviceId, long stream, boolean capture) implements Provider {

    private static final int BASIC = 1;

    @Override
    public void configure(Arena arena, MemorySegment options) {
        Ort.check(() -> (MemorySegment) OrtApi.SET_INTRA_OP_THREADS.invokeExact(options, 1));
        // The converter writes fused operators; more passes would only take time.
        Ort.check(() -> (MemorySegment) OrtApi.SET_OPTIMIZATION_LEVEL.invokeExact(options, BASIC));
        Ort.config(arena, options, "session.disable_cpu_ep_fallback", "1");
        // Weights are allocated once and in their own sizes, outside of the arena, which rounds.
        Ort.config(arena, options, "session.use_device_allocator_for_initializers", "1");
        try {
            append(arena, options);
        } catch (ExecutionFailure e) {
            throw new ExecutionFailure(
                    ExecutionFailure.Kind.FATAL, "ONNX Runtime cannot use CUDA: " + e.getMessage(), e);
        }
    }

    private void append(Arena arena, MemorySegment options) {
        MemorySegment cuda = Ort.result(arena, out -> (MemorySegment) OrtApi.CREATE_CUDA_OPTIONS.invokeExact(out));
        try {
            update(arena, cuda);
            Ort.check(() -> (MemorySegment) OrtApi.APPEND_CUDA.invokeExact(options, cuda));
        } finally {
            Ort.release(OrtApi.RELEASE_CUDA_OPTIONS, cuda);
        }
    }

    /** The provider's own settings, as texts; {@code -Dsharegpt4v.cuda.options=KEY=VALUE,…} adds to them or replaces some. */
    Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>(ours());
        settings.putAll(CudaSettings.parse(System.getProperty("sharegpt4v.cuda.options", "")));
        return settings;
    }

    private Map<String, String> ours() {
        return Map.of(
                "device_id", Integer.toString(deviceId),
                // The arena grows by what a step needs; twice as much would be taken from the KV cache.
                "arena_extend_strategy", "kSameAsRequested",
                "enable_cuda_graph", capture ? "1" : "0",
                "enable_cudnn", "0",
                "use_tf32", "0");
    }

    private void update(Arena arena, MemorySegment cuda) {
        List<Map.Entry<String, String>> entries = new ArrayList<>(settings().entrySet());
        MemorySegment keys = arena.allocate(ADDRESS, entries.size());
        MemorySegment values = arena.allocate(ADDRESS, entries.size());
        for (int i = 0; i < entries.size(); i++) {
            keys.setAtIndex(ADDRESS, i, arena.allocateFrom(entries.get(i).getKey()));
            values.setAtIndex(ADDRESS, i, arena.allocateFrom(entries.get(i).getValue()));
        }
        Ort.check(() ->
                (MemorySegment) OrtApi.UPDATE_CUDA_OPTIONS.invokeExact(cuda, keys, values, (long) entries.size()));
        MemorySegment key = arena.allocateFrom("user_compute_stream");
        MemorySegment handle = MemorySegment.ofAddress(stream);
        Ort.check(() -> (MemorySegment) OrtApi.UPDATE_CUDA_OPTIONS_WITH_VALUE.invokeExact(cuda, key, handle));
    }
}
