package dev.sharegpt4v.runtime.accelerator;

import java.lang.foreign.MemorySegment;

/**
 * The memory of a device, and one stream of work on it: copies and the graph's kernels run in the order in which they were
 * asked for. Every method may throw {@link dev.sharegpt4v.runtime.execution.ExecutionFailure}.
 */
public interface Accelerator extends AutoCloseable {

    /** Where tensors in this memory live. */
    enum Kind {
        HOST,
        CUDA
    }

    /**
     * What a device has.
     *
     * @param free bytes that nobody has
     * @param total bytes
     */
    record Space(long free, long total) {}

    Kind kind();

    /** Which of several devices. */
    int deviceId();

    /** The native handle of the stream; 0 where there is none. */
    long stream();

    /** Makes this the device of the calling thread; each thread calls it before anything else. */
    void makeCurrent();

    /** Memory full of zeros: what was never written may be read beside what counts, and zero times no number is no number. */
    DeviceMemory allocate(long bytes);

    void free(DeviceMemory memory);

    /** Host memory that the device copies from and to by itself. */
    MemorySegment allocatePinned(long bytes);

    void freePinned(MemorySegment memory);

    /** Queues a copy of pinned memory to the device. */
    void upload(MemorySegment from, DeviceMemory to);

    /** Queues a copy to pinned memory, which holds it after {@link #synchronize}. */
    void download(DeviceMemory from, MemorySegment to);

    /** Queues a copy within the device. */
    void copy(DeviceMemory from, DeviceMemory to);

    /** Waits for all that was queued; failures of it show here. */
    void synchronize();

    Space space();

    @Override
    void close();
}
