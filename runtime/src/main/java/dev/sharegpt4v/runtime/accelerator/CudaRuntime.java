package dev.sharegpt4v.runtime.accelerator;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * The functions of CUDA's runtime library that we call. Source: cuda_runtime_api.h of CUDA 12, unchanged in 13.
 *
 * <p>{@link CudaRuntimeLibrary#find} tells before the first use whether the library is there.
 */
final class CudaRuntime {

    private static final int TEXT_BYTES = 1024;
    private static final SymbolLookup LIBRARY = CudaRuntimeLibrary.find();

    static final MethodHandle SET_DEVICE = function("cudaSetDevice", JAVA_INT);
    static final MethodHandle MALLOC = function("cudaMalloc", ADDRESS, JAVA_LONG);
    static final MethodHandle FREE = function("cudaFree", JAVA_LONG);
    static final MethodHandle MALLOC_HOST = function("cudaMallocHost", ADDRESS, JAVA_LONG);
    static final MethodHandle FREE_HOST = function("cudaFreeHost", ADDRESS);
    static final MethodHandle MEMCPY_ASYNC =
            function("cudaMemcpyAsync", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
    static final MethodHandle MEMSET_ASYNC = function("cudaMemsetAsync", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    static final MethodHandle MEM_GET_INFO = function("cudaMemGetInfo", ADDRESS, ADDRESS);
    static final MethodHandle STREAM_CREATE = function("cudaStreamCreateWithFlags", ADDRESS, JAVA_INT);
    static final MethodHandle STREAM_DESTROY = function("cudaStreamDestroy", JAVA_LONG);
    static final MethodHandle STREAM_SYNCHRONIZE = function("cudaStreamSynchronize", JAVA_LONG);
    private static final MethodHandle GET_LAST_ERROR = function("cudaGetLastError");
    private static final MethodHandle GET_ERROR_STRING = Linker.nativeLinker()
            .downcallHandle(LIBRARY.findOrThrow("cudaGetErrorString"), FunctionDescriptor.of(ADDRESS, JAVA_INT));

    private CudaRuntime() {}

    /** A call that gives CUDA's number of an error. */
    @FunctionalInterface
    interface Call {
        int invoke() throws Throwable;
    }

    /** Makes a call; an error becomes a failure, and is not left for others to find. */
    static void check(String what, Call call) {
        int error = invoke(call);
        if (error != 0) {
            int _ = invoke(() -> (int) GET_LAST_ERROR.invokeExact());
            throw DeviceFailures.of(error, text(error), what);
        }
    }

    /** Makes a call of which nobody needs to know whether it failed: memory is given back, or was lost with the device. */
    static void attempt(Call call) {
        int _ = invoke(call);
    }

    private static int invoke(Call call) {
        try {
            return call.invoke();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a downcall throws nothing checked. This is a bug.", e);
        }
    }

    private static String text(int error) {
        try {
            MemorySegment text = (MemorySegment) GET_ERROR_STRING.invokeExact(error);
            return text.reinterpret(TEXT_BYTES).getString(0);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a downcall throws nothing checked. This is a bug.", e);
        }
    }

    private static MethodHandle function(String name, MemoryLayout... arguments) {
        return Linker.nativeLinker()
                .downcallHandle(LIBRARY.findOrThrow(name), FunctionDescriptor.of(JAVA_INT, arguments));
    }
}
