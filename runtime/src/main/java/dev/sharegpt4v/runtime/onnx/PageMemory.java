package dev.sharegpt4v.runtime.onnx;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * A large stretch of zeroed memory whose pages cost nothing until they are touched.
 *
 * <p>On Linux it is mapped and marked for huge pages before the first touch, which {@link Arena#allocate} cannot do, since
 * it writes zeros first. Huge pages matter: a decode step streams hundreds of megabytes, and small pages stop the
 * hardware's prefetching every 4 KiB.
 */
final class PageMemory implements AutoCloseable {

    private static final int READ_WRITE = 3;
    private static final int PRIVATE_ANONYMOUS_NORESERVE = 0x4022;
    private static final int HUGE_PAGES = 14;
    private static final long HUGE = 2L << 20;
    private static final boolean LINUX = System.getProperty("os.name").equals("Linux");

    private final MemorySegment memory;
    private final Runnable release;

    private PageMemory(MemorySegment memory, Runnable release) {
        this.memory = memory;
        this.release = release;
    }

    static PageMemory allocate(long bytes) {
        return (LINUX ? map(bytes) : Optional.<PageMemory>empty()).orElseGet(() -> plain(bytes));
    }

    MemorySegment memory() {
        return memory;
    }

    @SuppressWarnings("MustBeClosedChecker") // The release closes it.
    private static PageMemory plain(long bytes) {
        Arena arena = Arena.ofShared();
        return new PageMemory(arena.allocate(bytes, 64), arena::close);
    }

    private static Optional<PageMemory> map(long bytes) {
        long length = Math.ceilDiv(bytes, HUGE) * HUGE + HUGE;
        try {
            MemorySegment mapped = (MemorySegment)
                    Libc.MMAP.invokeExact(MemorySegment.NULL, length, READ_WRITE, PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
            if (mapped.address() == -1) {
                return Optional.empty();
            }
            long aligned = Math.ceilDiv(mapped.address(), HUGE) * HUGE;
            // Advice only: where it is not taken, everything works with small pages.
            int _ = (int) Libc.MADVISE.invokeExact(MemorySegment.ofAddress(aligned), length - HUGE, HUGE_PAGES);
            MemorySegment memory = MemorySegment.ofAddress(aligned).reinterpret(bytes);
            return Optional.of(new PageMemory(memory, () -> unmap(mapped, length)));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a downcall throws nothing checked. This is a bug.", e);
        }
    }

    private static void unmap(MemorySegment mapped, long length) {
        try {
            int _ = (int) Libc.MUNMAP.invokeExact(mapped, length);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a downcall throws nothing checked. This is a bug.", e);
        }
    }

    @Override
    public void close() {
        release.run();
    }

    private static final class Libc {
        static final MethodHandle MMAP = CLibrary.require(
                "mmap", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
        static final MethodHandle MADVISE =
                CLibrary.require("madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
        static final MethodHandle MUNMAP =
                CLibrary.require("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
    }
}
