package dev.sharegpt4v.runtime.testing;

import dev.sharegpt4v.runtime.accelerator.Accelerator;
import dev.sharegpt4v.runtime.accelerator.DeviceMemory;
import dev.sharegpt4v.runtime.accelerator.HostAccelerator;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/**
 * A device whose memory is limited, whose copies happen when it is synchronised, and which
 * is lost when a test says so. Remembers how it was used.
 */
public final class FakeAccelerator implements Accelerator {

    private final HostAccelerator memory = new HostAccelerator();
    private final long limit;
    private final Map<Long, Long> sizes = new HashMap<>();
    private final Queue<Runnable> stream = new ArrayDeque<>();
    private final Set<Thread> threads = new HashSet<>();
    private long used;
    private int uploaded;
    private int downloaded;
    private long downloadedBytes;
    private int callsUntilLoss = Integer.MAX_VALUE;
    private int leaked;
    private boolean closed;

    /** A device of so many bytes. */
    public FakeAccelerator(long limit) {
        this.limit = limit;
    }

    /** The device is lost at the so-many-th call from now on, the next one being 1. */
    public synchronized void loseAfter(int calls) {
        callsUntilLoss = calls;
    }

    /** What the runtime says when the device is gone. */
    public static ExecutionFailure loss() {
        return new ExecutionFailure(
                ExecutionFailure.Kind.FATAL, "CUDA error 700: an illegal memory access was encountered (test)");
    }

    /** Threads that used the device. */
    public synchronized Set<Thread> threads() {
        return Set.copyOf(threads);
    }

    /** Copies to the device so far. */
    public synchronized int uploads() {
        return uploaded;
    }

    /** Copies from the device so far. */
    public synchronized int downloads() {
        return downloaded;
    }

    /** Bytes of the copies from the device so far. */
    public synchronized long downloadedBytes() {
        return downloadedBytes;
    }

    /** Allocations that live, pinned ones among them. */
    public synchronized int allocations() {
        return memory.allocations();
    }

    /** Allocations that lived when it was closed. */
    public synchronized int leaked() {
        return leaked;
    }

    public synchronized boolean isClosed() {
        return closed;
    }

    /** Does what was queued; the graph calls it before it reads. */
    public synchronized void flush() {
        while (!stream.isEmpty()) {
            stream.remove().run();
        }
    }

    /** Counts a call of this device, or of a graph on it. */
    public synchronized void call() {
        threads.add(Thread.currentThread());
        if (--callsUntilLoss <= 0) {
            callsUntilLoss = 0;
            throw loss();
        }
    }

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
    public void makeCurrent() {
        call();
    }

    @Override
    public synchronized DeviceMemory allocate(long bytes) {
        call();
        if (used + bytes > limit) {
            throw new ExecutionFailure(
                    ExecutionFailure.Kind.OUT_OF_MEMORY, "CUDA error 2: out of memory (cudaMalloc of " + bytes + ")");
        }
        DeviceMemory allocated = memory.allocate(bytes);
        sizes.put(allocated.address(), bytes);
        used += bytes;
        return allocated;
    }

    @Override
    public synchronized void free(DeviceMemory freed) {
        flush();
        Long bytes = sizes.remove(freed.address());
        if (bytes == null) {
            throw new AssertionError("memory is freed that was not allocated");
        }
        used -= bytes;
        memory.free(freed);
    }

    @Override
    public synchronized MemorySegment allocatePinned(long bytes) {
        call();
        return memory.allocatePinned(bytes);
    }

    @Override
    public synchronized void freePinned(MemorySegment freed) {
        flush();
        memory.freePinned(freed);
    }

    @Override
    public synchronized void upload(MemorySegment from, DeviceMemory to) {
        call();
        uploaded++;
        stream.add(() -> memory.upload(from, to));
    }

    @Override
    public synchronized void download(DeviceMemory from, MemorySegment to) {
        call();
        downloaded++;
        downloadedBytes += from.bytes();
        stream.add(() -> memory.download(from, to));
    }

    @Override
    public synchronized void copy(DeviceMemory from, DeviceMemory to) {
        call();
        stream.add(() -> memory.copy(from, to));
    }

    @Override
    public synchronized void synchronize() {
        call();
        flush();
    }

    @Override
    public synchronized Space space() {
        return new Space(limit - used, limit);
    }

    @Override
    public synchronized void close() {
        closed = true;
        leaked = memory.allocations();
        memory.close();
    }
}
