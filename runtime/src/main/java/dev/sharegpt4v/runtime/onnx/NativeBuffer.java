package dev.sharegpt4v.runtime.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Native memory that grows and is used again; one owner thread at a time. */
final class NativeBuffer implements AutoCloseable {

    private static final long ALIGNMENT = 64;

    private Arena arena = Arena.ofShared();
    private MemorySegment memory;

    @SuppressWarnings("MustBeClosedChecker") // Closed or replaced by the owner.
    NativeBuffer() {
        this.memory = arena.allocate(ALIGNMENT, ALIGNMENT);
    }

    /** Memory of at least the given size; what it held before is lost when it grows. */
    @SuppressWarnings("MustBeClosedChecker") // Closed or replaced by the owner.
    MemorySegment ofBytes(long bytes) {
        if (bytes > memory.byteSize()) {
            arena.close();
            arena = Arena.ofShared();
            memory = arena.allocate(Math.max(bytes, bytes + bytes / 4), ALIGNMENT);
        }
        return memory;
    }

    @Override
    public void close() {
        arena.close();
    }
}
