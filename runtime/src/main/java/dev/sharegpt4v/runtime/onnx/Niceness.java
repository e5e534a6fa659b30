package dev.sharegpt4v.runtime.onnx;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * How much a thread gives way to others. Where the processors are wanted, it gets less of them; where they are not, all.
 *
 * <p>Source: setpriority(2), Linux: the nice value belongs to a thread, and new threads take it over.
 */
final class Niceness {

    /** A third of the weight of a thread of value 0, by the kernel's table (kernel/sched/core.c). */
    private static final int NICE = 5;

    private static final int PRIO_PROCESS = 0;
    private static final int THIS_THREAD = 0;

    private Niceness() {}

    /**
     * Lets the calling thread, and threads that native code starts from it, give way. Without the C library's function, or the
     * right to use it, all stays as it is.
     */
    static void giveWay() {
        Optional<MethodHandle> function =
                CLibrary.find("setpriority", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
        if (function.isEmpty()) {
            return;
        }
        try {
            int ignored = (int) function.get().invokeExact(PRIO_PROCESS, THIS_THREAD, NICE);
        } catch (Throwable e) {
            throw new IllegalStateException("a downcall throws nothing checked. This is a bug.", e);
        }
    }
}
