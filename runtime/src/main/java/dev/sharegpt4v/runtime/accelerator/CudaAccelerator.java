package dev.sharegpt4v.runtime.accelerator;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A GPU's memory and one stream, by CUDA's runtime library. */
public final class CudaAccelerator implements Accelerator {

    private static final int HOST_TO_DEVICE = 1;
    private static final int DEVICE_TO_HOST = 2;
    private static final int DEVICE_TO_DEVICE = 3;
    /** The stream does not wait for what others put on the default one. */
    private static final int NON_BLOCKING = 1;

    private final int deviceId;
    private final long stream;

    private CudaAccelerator(int deviceId, long stream) {
        this.deviceId = deviceId;
        this.stream = stream;
    }

    /**
     * Opens a device with a stream of its own, and makes it the calling thread's.
     *
     * @throws dev.sharegpt4v.runtime.execution.ExecutionFailure when there is no such device, or CUDA's runtime library is missing
     */
    public static CudaAccelerator open(int deviceId) {
        CudaRuntimeLibrary.find();
        use(deviceId);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_LONG);
            CudaRuntime.check(
                    "cudaStreamCreateWithFlags", () -> (int) CudaRuntime.STREAM_CREATE.invokeExact(out, NON_BLOCKING));
            return new CudaAccelerator(deviceId, out.get(JAVA_LONG, 0));
        }
    }

    private static void use(int deviceId) {
        CudaRuntime.check("cudaSetDevice " + deviceId, () -> (int) CudaRuntime.SET_DEVICE.invokeExact(deviceId));
    }

    @Override
    public Kind kind() {
        return Kind.CUDA;
    }

    @Override
    public int deviceId() {
        return deviceId;
    }

    @Override
    public long stream() {
        return stream;
    }

    @Override
    public void makeCurrent() {
        use(deviceId);
    }

    @Override
    public DeviceMemory allocate(long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_LONG);
            CudaRuntime.check(
                    "cudaMalloc of " + bytes + " bytes", () -> (int) CudaRuntime.MALLOC.invokeExact(out, bytes));
            long address = out.get(JAVA_LONG, 0);
            CudaRuntime.check(
                    "cudaMemsetAsync", () -> (int) CudaRuntime.MEMSET_ASYNC.invokeExact(address, 0, bytes, stream));
            return new DeviceMemory(address, bytes);
        }
    }

    @Override
    public void free(DeviceMemory memory) {
        CudaRuntime.attempt(() -> (int) CudaRuntime.FREE.invokeExact(memory.address()));
    }

    @Override
    public MemorySegment allocatePinned(long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            CudaRuntime.check("cudaMallocHost of " + bytes + " bytes", () ->
                    (int) CudaRuntime.MALLOC_HOST.invokeExact(out, bytes));
            return out.get(ADDRESS, 0).reinterpret(bytes);
        }
    }

    @Override
    public void freePinned(MemorySegment memory) {
        CudaRuntime.attempt(() -> (int) CudaRuntime.FREE_HOST.invokeExact(memory));
    }

    @Override
    public void upload(MemorySegment from, DeviceMemory to) {
        copy(from.address(), to.address(), from.byteSize(), HOST_TO_DEVICE);
    }

    @Override
    public void download(DeviceMemory from, MemorySegment to) {
        copy(from.address(), to.address(), from.bytes(), DEVICE_TO_HOST);
    }

    @Override
    public void copy(DeviceMemory from, DeviceMemory to) {
        copy(from.address(), to.address(), from.bytes(), DEVICE_TO_DEVICE);
    }

    private void copy(long from, long to, long bytes, int kind) {
        CudaRuntime.check("cudaMemcpyAsync of " + bytes + " bytes", () ->
                (int) CudaRuntime.MEMCPY_ASYNC.invokeExact(to, from, bytes, kind, stream));
    }

    @Override
    public void synchronize() {
        CudaRuntime.check("cudaStreamSynchronize", () -> (int) CudaRuntime.STREAM_SYNCHRONIZE.invokeExact(stream));
    }

    @Override
    public Space space() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment free = arena.allocate(JAVA_LONG);
            MemorySegment total = arena.allocate(JAVA_LONG);
            CudaRuntime.check("cudaMemGetInfo", () -> (int) CudaRuntime.MEM_GET_INFO.invokeExact(free, total));
            return new Space(free.get(JAVA_LONG, 0), total.get(JAVA_LONG, 0));
        }
    }

    @Override
    public void close() {
        CudaRuntime.attempt(() -> (int) CudaRuntime.STREAM_DESTROY.invokeExact(stream));
    }
}
