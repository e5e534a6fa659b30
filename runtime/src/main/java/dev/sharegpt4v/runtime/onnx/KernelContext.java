package dev.sharegpt4v.runtime.onnx;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Inputs, output and threads of one kernel call; valid during that call. */
final class KernelContext {

    /** Out parameters; a kernel is called on the thread that runs the graph, again and again. */
    private static final ThreadLocal<MemorySegment> SCRATCH =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(128, 8));

    private static final MemorySegment PARALLEL_STUB = parallelStub();
    private static final Map<Long, Work> WORKS = new ConcurrentHashMap<>();
    private static final AtomicLong NEXT_WORK = new AtomicLong(1);

    private final MemorySegment context;

    KernelContext(MemorySegment context) {
        this.context = context;
    }

    private record Work(IntConsumer body, AtomicReference<@Nullable Throwable> failure) {}

    /** The data of an input of {@code bytes} bytes. */
    MemorySegment input(int index, long bytes) {
        return data(inputValue(index)).reinterpret(bytes);
    }

    /** One dimension of an input's shape. */
    long dimension(int index, int axis) {
        MemorySegment scratch = SCRATCH.get();
        MemorySegment value = inputValue(index);
        Ort.check(() -> (MemorySegment) OrtApi.TENSOR_SHAPE.invokeExact(value, scratch));
        MemorySegment shape = scratch.get(ADDRESS, 0);
        try {
            Ort.check(() -> (MemorySegment) OrtApi.DIMENSIONS.invokeExact(shape, scratch.asSlice(8, 64), axis + 1L));
            return scratch.getAtIndex(JAVA_LONG, 1L + axis);
        } finally {
            Ort.release(OrtApi.RELEASE_SHAPE, shape);
        }
    }

    /** Memory of an output of floats with the given shape. */
    MemorySegment output(int index, long rows, long columns) {
        return output(index, rows, columns, Float.BYTES);
    }

    /** The same for elements of another width in bytes. */
    MemorySegment output(int index, long rows, long columns, int elementBytes) {
        MemorySegment scratch = SCRATCH.get();
        scratch.setAtIndex(JAVA_LONG, 1, rows);
        scratch.setAtIndex(JAVA_LONG, 2, columns);
        Ort.check(() -> (MemorySegment)
                OrtApi.KERNEL_OUTPUT.invokeExact(context, (long) index, scratch.asSlice(8, 16), 2L, scratch));
        return data(scratch.get(ADDRESS, 0)).reinterpret(rows * columns * elementBytes);
    }

    /**
     * Runs {@code body} for each index below {@code count} on ONNX Runtime's own threads, the calling one among them.
     *
     * <p>Source: {@code KernelContext_ParallelFor}. Own threads would compete with the spinning ones of the runtime.
     */
    void parallel(int count, IntConsumer body) {
        if (count == 1) {
            body.accept(0);
            return;
        }
        Work work = new Work(body, new AtomicReference<>());
        long id = NEXT_WORK.getAndIncrement();
        WORKS.put(id, work);
        try {
            // The user pointer is only a number by which the callback finds the work again.
            Ort.check(() -> (MemorySegment) OrtApi.PARALLEL_FOR.invokeExact(
                    context, PARALLEL_STUB, (long) count, 0L, MemorySegment.ofAddress(id)));
        } finally {
            WORKS.remove(id);
        }
        Throwable failure = work.failure().get();
        if (failure != null) {
            throw new IllegalStateException("an attention kernel failed: " + failure, failure);
        }
    }

    private MemorySegment inputValue(int index) {
        MemorySegment scratch = SCRATCH.get();
        Ort.check(() -> (MemorySegment) OrtApi.KERNEL_INPUT.invokeExact(context, (long) index, scratch));
        return scratch.get(ADDRESS, 0);
    }

    private static MemorySegment data(MemorySegment value) {
        MemorySegment scratch = SCRATCH.get();
        Ort.check(() -> (MemorySegment) OrtApi.TENSOR_DATA.invokeExact(value, scratch));
        return scratch.get(ADDRESS, 0);
    }

    @SuppressWarnings("UnusedMethod") // Called through the stub.
    private static void runOne(MemorySegment id, long index) {
        Work work = WORKS.get(id.address());
        if (work == null) {
            return;
        }
        try {
            work.body().accept((int) index);
        } catch (Throwable e) {
            work.failure().compareAndSet(null, e);
        }
    }

    private static MemorySegment parallelStub() {
        try {
            MethodHandle target = MethodHandles.lookup()
                    .findStatic(
                            KernelContext.class,
                            "runOne",
                            MethodType.methodType(void.class, MemorySegment.class, long.class));
            return Linker.nativeLinker()
                    .upcallStub(target, FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG), Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no callback for parallel work. This is a bug.", e);
        }
    }
}
