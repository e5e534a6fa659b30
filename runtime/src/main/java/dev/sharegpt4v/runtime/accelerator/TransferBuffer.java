package dev.sharegpt4v.runtime.accelerator;

import java.lang.foreign.MemorySegment;

/** Pinned host memory and as much device memory opposite to it; both grow when idle and are used again. */
final class TransferBuffer implements AutoCloseable {

    private static final DeviceMemory NOTHING = new DeviceMemory(0, 0);

    private final Accelerator accelerator;
    private MemorySegment host = MemorySegment.NULL;
    private DeviceMemory device = NOTHING;

    TransferBuffer(Accelerator accelerator) {
        this.accelerator = accelerator;
    }

    /** Makes room for so many bytes; when it grows, addresses change and what was there is lost. */
    void reserve(long bytes) {
        if (bytes <= device.bytes()) {
            return;
        }
        close();
        long size = bytes + bytes / 4;
        host = accelerator.allocatePinned(size);
        device = accelerator.allocate(size);
    }

    MemorySegment host() {
        return host;
    }

    DeviceMemory device() {
        return device;
    }

    /** Queues the copy of the first bytes to the device. */
    void upload(long bytes) {
        accelerator.upload(host.asSlice(0, bytes), device.slice(0, bytes));
    }

    /** Queues the copy of the first bytes from the device. */
    void download(long bytes) {
        accelerator.download(device.slice(0, bytes), host.asSlice(0, bytes));
    }

    @Override
    public void close() {
        if (host.byteSize() > 0) {
            accelerator.freePinned(host);
            host = MemorySegment.NULL;
        }
        if (device.bytes() > 0) {
            accelerator.free(device);
            device = NOTHING;
        }
    }
}
