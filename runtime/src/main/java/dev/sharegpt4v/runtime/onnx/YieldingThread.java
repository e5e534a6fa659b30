package dev.sharegpt4v.runtime.onnx;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * A thread for work beside running streams. Where the processors are wanted, it gets less of them than others; where they are
 * not, all. Threads that native code starts from it are like it.
 *
 * <p>Source: setpriority(2), Linux: the nice value belongs to a thread, and new threads take it over.
 */
final class YieldingThread implements AutoCloseable {

    /** A third of the weight of a thread of value 0, by the kernel's table (kernel/sched/core.c). */
    private static final int NICE = 5;

    private static final int PRIO_PROCESS = 0;
    private static final int THIS_THREAD = 0;

    private final ExecutorService executor;

    YieldingThread(String name) {
        this.executor = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name(name).daemon().factory());
        call(() -> {
            setNice(NICE);
            return true;
        });
    }

    /** Runs a task on the thread and waits for it; what it throws unchecked is thrown here. */
    <T> T call(Supplier<T> task) {
        Future<T> result = executor.submit(task::get);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException e) {
                    // Native code cannot be left: its memory is in use until it ends.
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw (Error) e.getCause();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The calling thread's value; without the C library's function, or the right to use it, all stays as it is. */
    private static void setNice(int value) {
        Optional<MemorySegment> function = Linker.nativeLinker().defaultLookup().find("setpriority");
        if (function.isEmpty()) {
            return;
        }
        MethodHandle handle = Linker.nativeLinker()
                .downcallHandle(function.get(), FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
        try {
            int ignored = (int) handle.invokeExact(PRIO_PROCESS, THIS_THREAD, value);
        } catch (Throwable e) {
            throw new IllegalStateException("a downcall throws nothing checked. This is a bug.", e);
        }
    }

    @Override
    public void close() {
        executor.close();
    }
}
