package dev.sharegpt4v.runtime.onnx;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.sharegpt4v.runtime.accelerator.DeviceFailures;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** Calls into ONNX Runtime: statuses become {@link ExecutionFailure}, out parameters become results. */
final class Ort {

    private static final int WARNING = 2;
    private static final int ERROR = 3;
    private static final int MESSAGE_BYTES = 8192;

    /** A class says only once why it could not be initialised. */
    private static @Nullable String failure;

    private Ort() {}

    /**
     * Loads ONNX Runtime, so that a failure of that comes as itself and not as one of a class's initialisation.
     *
     * @throws ExecutionFailure when its library is missing, cannot be loaded or is too old
     */
    static synchronized void load() {
        if (failure != null) {
            throw new ExecutionFailure(ExecutionFailure.Kind.FATAL, failure);
        }
        try {
            MemorySegment _ = OrtApi.TABLE;
        } catch (ExceptionInInitializerError e) {
            if (e.getCause() instanceof ExecutionFailure cause) {
                failure = cause.getMessage();
                throw cause;
            }
            throw e;
        }
    }

    /** The process-wide environment. */
    static MemorySegment environment() {
        return Holder.ENVIRONMENT;
    }

    /** Describes plain CPU memory. */
    static MemorySegment cpuMemory() {
        return Holder.CPU_MEMORY;
    }

    private static final class Holder {
        static final MemorySegment ENVIRONMENT = environment();
        static final MemorySegment CPU_MEMORY = cpuMemory();

        private static MemorySegment environment() {
            try (Arena arena = Arena.ofConfined()) {
                int level = Boolean.getBoolean("sharegpt4v.onnxruntime.verbose") ? WARNING : ERROR;
                return result(arena, out -> (MemorySegment)
                        OrtApi.CREATE_ENV.invokeExact(level, Arena.global().allocateFrom("sharegpt4v"), out));
            }
        }

        private static MemorySegment cpuMemory() {
            try (Arena arena = Arena.ofConfined()) {
                return result(arena, out -> (MemorySegment) OrtApi.CREATE_CPU_MEMORY_INFO.invokeExact(0, 0, out));
            }
        }
    }

    /** A downcall that returns a status. */
    @FunctionalInterface
    interface Call {
        MemorySegment invoke() throws Throwable;
    }

    /** A downcall that returns a status and writes an address to {@code out}. */
    @FunctionalInterface
    interface OutCall {
        MemorySegment invoke(MemorySegment out) throws Throwable;
    }

    static void check(Call call) {
        MemorySegment status;
        try {
            status = call.invoke();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a downcall throws nothing checked. This is a bug.", e);
        }
        if (status.address() != 0) {
            throw failure(status);
        }
    }

    static MemorySegment result(Arena arena, OutCall call) {
        MemorySegment out = arena.allocate(ADDRESS);
        check(() -> call.invoke(out));
        return out.get(ADDRESS, 0);
    }

    static void release(MethodHandle function, MemorySegment object) {
        try {
            function.invokeExact(object);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a downcall throws nothing checked. This is a bug.", e);
        }
    }

    /** Sets an entry of a session's configuration. */
    static void config(Arena arena, MemorySegment sessionOptions, String key, String value) {
        MemorySegment nativeKey = arena.allocateFrom(key);
        MemorySegment nativeValue = arena.allocateFrom(value);
        check(() -> (MemorySegment) OrtApi.ADD_CONFIG_ENTRY.invokeExact(sessionOptions, nativeKey, nativeValue));
    }

    private static ExecutionFailure failure(MemorySegment status) {
        try {
            MemorySegment text = (MemorySegment) OrtApi.GET_ERROR_MESSAGE.invokeExact(status);
            String message = text.reinterpret(MESSAGE_BYTES).getString(0);
            OrtApi.RELEASE_STATUS.invokeExact(status);
            return new ExecutionFailure(
                    DeviceFailures.kind(message, ExecutionFailure.Kind.FATAL), "ONNX Runtime: " + message);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a downcall throws nothing checked. This is a bug.", e);
        }
    }
}
