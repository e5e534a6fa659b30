package dev.sharegpt4v.runtime.onnx;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The C library's heap, where weights lie. glibc keeps what is freed, in many pieces, for allocations to come: of a 7B model
 * that was closed more than a gigabyte, and of one that is opened and closed again and again each time more.
 *
 * <p>Source: malloc_trim(3).
 */
public final class NativeHeap {

    private static final long KEEP_NOTHING = 0;

    private NativeHeap() {}

    /** Gives the pages back on which nothing lies; where the C library has no such function, all stays as it is. */
    public static void trim() {
        Optional<MethodHandle> function = CLibrary.find("malloc_trim", FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
        if (function.isEmpty()) {
            return;
        }
        try {
            int ignored = (int) function.get().invokeExact(KEEP_NOTHING);
        } catch (Throwable e) {
            throw new IllegalStateException("a downcall throws nothing checked. This is a bug.", e);
        }
    }
}
