package dev.sharegpt4v.runtime.onnx;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sharegpt4v.runtime.accelerator.Accelerator;
import dev.sharegpt4v.runtime.accelerator.BoundTensor;
import dev.sharegpt4v.runtime.accelerator.StepGraph;
import dev.sharegpt4v.runtime.accelerator.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A graph that reads and writes memory of ours, by ONNX Runtime's IoBinding. Runs are queued on the provider's stream and not
 * waited for.
 *
 * <p>Source: onnxruntime_run_options_config_keys.h of 1.29 for the two settings of a run.
 */
final class BoundGraph implements StepGraph {

    private static final int DEVICE_ALLOCATOR = 0;
    private static final int DEFAULT_MEMORY = 0;

    private final GraphSession session;
    private final MemorySegment deviceMemory;
    private final Map<Integer, MemorySegment> runOptions = new HashMap<>();

    /** A graph over the memory of an accelerator; owns the session from now on. */
    BoundGraph(GraphSession session, Accelerator accelerator) {
        this.session = session;
        this.deviceMemory = memory(accelerator);
    }

    private static MemorySegment memory(Accelerator accelerator) {
        String name = switch (accelerator.kind()) {
            case HOST -> "Cpu";
            case CUDA -> "Cuda";
        };
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment nativeName = arena.allocateFrom(name);
            return Ort.result(arena, out -> (MemorySegment) OrtApi.CREATE_MEMORY_INFO.invokeExact(
                    nativeName, DEVICE_ALLOCATOR, accelerator.deviceId(), DEFAULT_MEMORY, out));
        }
    }

    @Override
    public Set<String> inputs() {
        return Set.copyOf(session.inputs());
    }

    @Override
    public Binding newBinding() {
        try (Arena arena = Arena.ofConfined()) {
            return new IoBinding(
                    Ort.result(arena, out -> (MemorySegment) OrtApi.CREATE_BINDING.invokeExact(session.handle(), out)));
        }
    }

    @Override
    public void releaseCapture(int number) {
        Ort.check(() -> (MemorySegment) OrtApi.RELEASE_CAPTURED_GRAPH.invokeExact(session.handle(), number));
        MemorySegment options = runOptions.remove(number);
        if (options != null) {
            Ort.release(OrtApi.RELEASE_RUN_OPTIONS, options);
        }
    }

    private MemorySegment runOptions(int capture) {
        return runOptions.computeIfAbsent(capture, BoundGraph::newRunOptions);
    }

    private static MemorySegment newRunOptions(int capture) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options =
                    Ort.result(arena, out -> (MemorySegment) OrtApi.CREATE_RUN_OPTIONS.invokeExact(out));
            entry(arena, options, "gpu_graph_id", Integer.toString(capture));
            entry(arena, options, "disable_synchronize_execution_providers", "1");
            return options;
        }
    }

    private static void entry(Arena arena, MemorySegment options, String key, String value) {
        MemorySegment nativeKey = arena.allocateFrom(key);
        MemorySegment nativeValue = arena.allocateFrom(value);
        Ort.check(() -> (MemorySegment) OrtApi.ADD_RUN_CONFIG_ENTRY.invokeExact(options, nativeKey, nativeValue));
    }

    private static int code(TensorType type) {
        return switch (type) {
            case FLOAT -> 1;
            case INT32 -> 6;
            case INT64 -> 7;
            case FLOAT16 -> 10;
            case BFLOAT16 -> 16;
        };
    }

    @Override
    public void close() {
        runOptions.values().forEach(options -> Ort.release(OrtApi.RELEASE_RUN_OPTIONS, options));
        Ort.release(OrtApi.RELEASE_MEMORY_INFO, deviceMemory);
        session.close();
    }

    private final class IoBinding implements Binding {
        private final MemorySegment binding;

        IoBinding(MemorySegment binding) {
            this.binding = binding;
        }

        @Override
        public void input(BoundTensor tensor) {
            withValue(tensor, value ->
                    (MemorySegment) OrtApi.BIND_INPUT.invokeExact(binding, session.nativeName(tensor.name()), value));
        }

        @Override
        public void output(BoundTensor tensor) {
            withValue(tensor, value ->
                    (MemorySegment) OrtApi.BIND_OUTPUT.invokeExact(binding, session.nativeName(tensor.name()), value));
        }

        /** The binding shares the value's state, so the value itself is not needed longer. */
        private void withValue(BoundTensor tensor, Ort.OutCall bind) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = tensor.onHost() ? Ort.cpuMemory() : deviceMemory;
                MemorySegment data = MemorySegment.ofAddress(tensor.memory().address());
                long bytes = tensor.bytes();
                MemorySegment dimensions = arena.allocateFrom(JAVA_LONG, tensor.shape());
                long rank = tensor.shape().length;
                MemorySegment out = arena.allocate(ADDRESS);
                Ort.check(() -> (MemorySegment) OrtApi.CREATE_TENSOR.invokeExact(
                        memory, data, bytes, dimensions, rank, code(tensor.type()), out));
                MemorySegment value = out.get(ADDRESS, 0);
                try {
                    Ort.check(() -> bind.invoke(value));
                } finally {
                    Ort.release(OrtApi.RELEASE_VALUE, value);
                }
            }
        }

        @Override
        public void run(int capture) {
            MemorySegment options = runOptions(capture);
            Ort.check(() -> (MemorySegment) OrtApi.RUN_WITH_BINDING.invokeExact(session.handle(), options, binding));
        }

        @Override
        public void close() {
            Ort.release(OrtApi.RELEASE_BINDING, binding);
        }
    }
}
