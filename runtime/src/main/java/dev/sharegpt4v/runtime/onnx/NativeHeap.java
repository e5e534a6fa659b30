package dev.sharegpt4v.runtime.onnx;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
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
        Optional<MemorySegment> function = Linker.nativeLinker().defaultLookup().find("malloc_trim");
        if (function.isEmpty()) {
            return;
        }
        MethodHandle handle =
                Linker.nativeLinker().downcallHandle(function.get(), FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
        try {
            int ignored = (int) handle.invokeExact(KEEP_NOTHING);
        } catch (Throwable e) {
            throw new IllegalStateException("a downcall throws nothing checked. This is a bug.", e);
        }
    }
}
