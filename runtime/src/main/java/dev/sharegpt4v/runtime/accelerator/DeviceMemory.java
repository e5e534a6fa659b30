package dev.sharegpt4v.runtime.accelerator;

/**
 * A stretch of a device's memory. Only the device may read it.
 *
 * @param address where it begins
 * @param bytes how long it is
 */
public record DeviceMemory(long address, long bytes) {

    /** A part of it. */
    public DeviceMemory slice(long offset, long length) {
        if (offset < 0 || length < 0 || offset + length > bytes) {
            throw new IllegalArgumentException(
                    "bytes %d to %d of %d. This is a bug.".formatted(offset, offset + length, bytes));
        }
        return new DeviceMemory(address + offset, length);
    }
}
