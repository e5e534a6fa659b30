package dev.sharegpt4v.runtime.onnx;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/** Asks NVIDIA's driver which GPUs there are; takes no memory of any, since it makes no context. */
final class CudaDriver {

    private static final int NO_DEVICE = 100;
    private static final int NAME_BYTES = 256;
    private static final int CAPABILITY_MAJOR = 75;
    private static final int CAPABILITY_MINOR = 76;
    private static final AddressLayout P = ADDRESS;

    private final SymbolLookup library;

    CudaDriver(SymbolLookup library) {
        this.library = library;
    }

    /** The driver of this machine; {@link CudaLibraries} has loaded it. */
    static CudaDriver open() {
        return new CudaDriver(SymbolLookup.libraryLookup(CudaLibrary.DRIVER.fileName(), Arena.global()));
    }

    /**
     * All GPUs that this process may use; none is no failure.
     *
     * @throws ExecutionFailure when the driver does not work
     */
    List<CudaGpu> gpus() {
        int code = call("cuInit", FunctionDescriptor.of(JAVA_INT, JAVA_INT), 0);
        if (code == NO_DEVICE) {
            return List.of();
        }
        check("cuInit", code);
        try (Arena arena = Arena.ofConfined()) {
            int version = number(arena, "cuDriverGetVersion");
            int count = number(arena, "cuDeviceGetCount");
            List<CudaGpu> gpus = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                gpus.add(gpu(arena, i, version));
            }
            return gpus;
        }
    }

    private CudaGpu gpu(Arena arena, int index, int driver) {
        MemorySegment out = arena.allocate(JAVA_LONG);
        check("cuDeviceGet", call("cuDeviceGet", returns(P, JAVA_INT), out, index));
        int device = out.get(JAVA_INT, 0);
        MemorySegment name = arena.allocate(NAME_BYTES);
        check("cuDeviceGetName", call("cuDeviceGetName", returns(P, JAVA_INT, JAVA_INT), name, NAME_BYTES, device));
        check("cuDeviceTotalMem", call("cuDeviceTotalMem_v2", returns(P, JAVA_INT), out, device));
        long bytes = out.get(JAVA_LONG, 0);
        return new CudaGpu(
                index,
                name.getString(0),
                attribute(arena, CAPABILITY_MAJOR, device),
                attribute(arena, CAPABILITY_MINOR, device),
                bytes,
                driver);
    }

    private int attribute(Arena arena, int attribute, int device) {
        MemorySegment out = arena.allocate(JAVA_INT);
        check(
                "cuDeviceGetAttribute",
                call("cuDeviceGetAttribute", returns(P, JAVA_INT, JAVA_INT), out, attribute, device));
        return out.get(JAVA_INT, 0);
    }

    private int number(Arena arena, String function) {
        MemorySegment out = arena.allocate(JAVA_INT);
        check(function, call(function, returns(P), out));
        return out.get(JAVA_INT, 0);
    }

    private static FunctionDescriptor returns(MemoryLayout... arguments) {
        return FunctionDescriptor.of(JAVA_INT, arguments);
    }

    private int call(String function, FunctionDescriptor descriptor, Object... arguments) {
        MethodHandle handle = Linker.nativeLinker().downcallHandle(library.findOrThrow(function), descriptor);
        try {
            return (int) handle.invokeWithArguments(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a downcall throws nothing checked. This is a bug.", e);
        }
    }

    private static void check(String function, int code) {
        if (code != 0) {
            String message = "CUDA failure " + code + ": " + function + " failed";
            throw new ExecutionFailure(
                    ExecutionFailure.Kind.FATAL, CudaMessages.explain(message).orElse(message));
        }
    }
}
