package dev.sharegpt4v.runtime.onnx;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The functions of ONNX Runtime's C API that we call, by their place in the API's table.
 *
 * <p>Source: onnxruntime_c_api.h of 1.29. The table only grows, so the places hold for later versions too. Handles are
 * static constants so that calls compile to direct jumps.
 */
final class OrtApi {

    static final int VERSION = 29;
    private static final int FUNCTIONS = 425;
    private static final Pattern RELEASE = Pattern.compile("1\\.(\\d{1,4})\\.");
    private static final Linker LINKER = Linker.nativeLinker();
    private static final AddressLayout P = ADDRESS;

    static final MemorySegment TABLE = table();

    static final MethodHandle CREATE_STATUS = function(0, FunctionDescriptor.of(P, JAVA_INT, P));
    static final MethodHandle GET_ERROR_CODE = function(1, FunctionDescriptor.of(JAVA_INT, P));
    static final MethodHandle GET_ERROR_MESSAGE = function(2, FunctionDescriptor.of(P, P));
    static final MethodHandle RELEASE_STATUS = function(93, FunctionDescriptor.ofVoid(P));
    static final MethodHandle CREATE_ENV = status(3, JAVA_INT, P, P);
    static final MethodHandle CREATE_SESSION = status(7, P, P, P, P);
    static final MethodHandle RELEASE_SESSION = function(95, FunctionDescriptor.ofVoid(P));
    static final MethodHandle RUN = status(9, P, P, P, P, JAVA_LONG, P, JAVA_LONG, P);
    static final MethodHandle CREATE_SESSION_OPTIONS = status(10, P);
    static final MethodHandle RELEASE_SESSION_OPTIONS = function(100, FunctionDescriptor.ofVoid(P));
    static final MethodHandle ENABLE_PROFILING = status(14, P, P);
    static final MethodHandle END_PROFILING = status(110, P, P, P);
    static final MethodHandle DISABLE_MEM_PATTERN = status(17, P);
    static final MethodHandle SET_OPTIMIZATION_LEVEL = status(23, P, JAVA_INT);
    static final MethodHandle SET_INTRA_OP_THREADS = status(24, P, JAVA_INT);
    static final MethodHandle SET_INTER_OP_THREADS = status(25, P, JAVA_INT);
    static final MethodHandle ADD_CONFIG_ENTRY = status(130, P, P, P);
    static final MethodHandle CREATE_CUSTOM_OP_DOMAIN = status(26, P, P);
    static final MethodHandle CUSTOM_OP_DOMAIN_ADD = status(27, P, P);
    static final MethodHandle ADD_CUSTOM_OP_DOMAIN = status(28, P, P);
    static final MethodHandle RELEASE_CUSTOM_OP_DOMAIN = function(101, FunctionDescriptor.ofVoid(P));
    static final MethodHandle SESSION_INPUT_COUNT = status(30, P, P);
    static final MethodHandle SESSION_OUTPUT_COUNT = status(31, P, P);
    static final MethodHandle SESSION_INPUT_NAME = status(36, P, JAVA_LONG, P, P);
    static final MethodHandle SESSION_OUTPUT_NAME = status(37, P, JAVA_LONG, P, P);
    static final MethodHandle DEFAULT_ALLOCATOR = status(78, P);
    static final MethodHandle ALLOCATOR_FREE = status(76, P, P);
    static final MethodHandle CREATE_CPU_MEMORY_INFO = status(69, JAVA_INT, JAVA_INT, P);
    static final MethodHandle CREATE_TENSOR = status(49, P, P, JAVA_LONG, P, JAVA_LONG, JAVA_INT, P);
    static final MethodHandle RELEASE_VALUE = function(96, FunctionDescriptor.ofVoid(P));
    static final MethodHandle TENSOR_DATA = status(51, P, P);
    static final MethodHandle TENSOR_SHAPE = status(65, P, P);
    static final MethodHandle DIMENSION_COUNT = status(61, P, P);
    static final MethodHandle DIMENSIONS = status(62, P, P, JAVA_LONG);
    static final MethodHandle RELEASE_SHAPE = function(99, FunctionDescriptor.ofVoid(P));
    static final MethodHandle ATTRIBUTE_FLOAT = status(85, P, P, P);
    static final MethodHandle ATTRIBUTE_INT = status(86, P, P, P);
    static final MethodHandle KERNEL_INPUT = status(90, P, JAVA_LONG, P);
    static final MethodHandle KERNEL_OUTPUT = status(91, P, JAVA_LONG, P, JAVA_LONG, P);
    static final MethodHandle CREATE_MEMORY_INFO = status(68, P, JAVA_INT, JAVA_INT, JAVA_INT, P);
    static final MethodHandle RELEASE_MEMORY_INFO = function(94, FunctionDescriptor.ofVoid(P));
    static final MethodHandle CREATE_BINDING = status(134, P, P);
    static final MethodHandle RELEASE_BINDING = function(135, FunctionDescriptor.ofVoid(P));
    static final MethodHandle BIND_INPUT = status(136, P, P, P);
    static final MethodHandle BIND_OUTPUT = status(137, P, P, P);
    static final MethodHandle RUN_WITH_BINDING = status(133, P, P, P);
    static final MethodHandle CREATE_RUN_OPTIONS = status(39, P);
    static final MethodHandle RELEASE_RUN_OPTIONS = function(97, FunctionDescriptor.ofVoid(P));
    static final MethodHandle ADD_RUN_CONFIG_ENTRY = status(165, P, P, P);
    static final MethodHandle RELEASE_CAPTURED_GRAPH = status(421, P, JAVA_INT);
    static final MethodHandle CREATE_CUDA_OPTIONS = status(205, P);
    static final MethodHandle UPDATE_CUDA_OPTIONS = status(206, P, P, P, JAVA_LONG);
    static final MethodHandle UPDATE_CUDA_OPTIONS_WITH_VALUE = status(263, P, P, P);
    static final MethodHandle RELEASE_CUDA_OPTIONS = function(208, FunctionDescriptor.ofVoid(P));
    static final MethodHandle APPEND_CUDA = status(204, P, P);
    static final MethodHandle PARALLEL_FOR = status(274, P, P, JAVA_LONG, JAVA_LONG, P);

    private OrtApi() {}

    private static MemorySegment table() {
        try {
            MethodHandle base =
                    LINKER.downcallHandle(NativeLibrary.load().findOrThrow("OrtGetApiBase"), FunctionDescriptor.of(P));
            MemorySegment entry = ((MemorySegment) base.invokeExact()).reinterpret(2 * P.byteSize());
            MethodHandle version = LINKER.downcallHandle(entry.getAtIndex(P, 1), FunctionDescriptor.of(P));
            String found =
                    ((MemorySegment) version.invokeExact()).reinterpret(64).getString(0);
            if (!isSupported(found)) {
                throw new ExecutionFailure(
                        ExecutionFailure.Kind.FATAL, "ONNX Runtime " + found + " is older than 1." + VERSION);
            }
            MethodHandle api = LINKER.downcallHandle(entry.getAtIndex(P, 0), FunctionDescriptor.of(P, JAVA_INT));
            return ((MemorySegment) api.invokeExact(VERSION)).reinterpret(FUNCTIONS * P.byteSize());
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a downcall throws nothing checked. This is a bug.", e);
        }
    }

    private static boolean isSupported(String version) {
        Matcher matcher = RELEASE.matcher(version);
        return matcher.lookingAt() && Integer.parseInt(matcher.group(1)) >= VERSION;
    }

    private static MethodHandle function(int place, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(TABLE.getAtIndex(P, place), descriptor);
    }

    /** A function that returns a status. */
    private static MethodHandle status(int place, MemoryLayout... arguments) {
        return function(place, FunctionDescriptor.of(P, arguments));
    }
}
