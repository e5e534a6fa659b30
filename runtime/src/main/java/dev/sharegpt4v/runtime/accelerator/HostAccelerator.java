package dev.sharegpt4v.runtime.accelerator;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Host memory in a device's place, for graphs that run on the CPU: copies are done at once. Thread-safe. */
public final class HostAccelerator implements Accelerator {

    private static final long ALIGNMENT = 256;

    private final Map<Long, Arena> arenas = new ConcurrentHashMap<>();

    @Override
    public Kind kind() {
        return Kind.HOST;
    }

    @Override
    public int deviceId() {
        return 0;
    }

    @Override
    public long stream() {
        return 0;
    }

    @Override
    public void makeCurrent() {}

    @Override
    public DeviceMemory allocate(long bytes) {
        return new DeviceMemory(segment(bytes).address(), bytes);
    }

    @Override
    public void free(DeviceMemory memory) {
        release(memory.address());
    }

    @Override
    public MemorySegment allocatePinned(long bytes) {
        return segment(bytes);
    }

    @Override
    public void freePinned(MemorySegment memory) {
        release(memory.address());
    }

    @Override
    public void upload(MemorySegment from, DeviceMemory to) {
        at(to).copyFrom(from);
    }

    @Override
    public void download(DeviceMemory from, MemorySegment to) {
        to.copyFrom(at(from));
    }

    @Override
    public void copy(DeviceMemory from, DeviceMemory to) {
        at(to).copyFrom(at(from));
    }

    @Override
    public void synchronize() {}

    @Override
    public Space space() {
        Runtime runtime = Runtime.getRuntime();
        return new Space(runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory(), runtime.maxMemory());
    }

    /** How many allocations live. */
    public int allocations() {
        return arenas.size();
    }

    /** What a graph on the CPU reads and writes in the place of device memory. */
    public static MemorySegment at(DeviceMemory memory) {
        return MemorySegment.ofAddress(memory.address()).reinterpret(memory.bytes());
    }

    @SuppressWarnings("MustBeClosedChecker") // Closed by release.
    private MemorySegment segment(long bytes) {
        Arena arena = Arena.ofShared();
        try {
            MemorySegment memory = arena.allocate(Math.max(bytes, 1), ALIGNMENT).asSlice(0, bytes);
            arenas.put(memory.address(), arena);
            return memory;
        } catch (OutOfMemoryError e) {
            arena.close();
            throw new ExecutionFailure(ExecutionFailure.Kind.OUT_OF_MEMORY, "no room for " + bytes + " bytes", e);
        }
    }

    private void release(long address) {
        Arena arena = arenas.remove(address);
        if (arena == null) {
            throw new IllegalStateException("memory is freed that was not allocated. This is a bug.");
        }
        arena.close();
    }

    @Override
    public void close() {
        arenas.values().forEach(Arena::close);
        arenas.clear();
    }
}
