package dev.sharegpt4v.runtime.accelerator;

/**
 * A tensor over memory that its owner keeps where it is.
 *
 * @param name of the graph's input or output
 * @param type of an element
 * @param memory that holds it
 * @param onHost whether that is plain host memory and not the device's
 * @param shape its dimensions
 */
public record BoundTensor(String name, TensorType type, DeviceMemory memory, boolean onHost, long... shape) {

    /** A tensor in the device's memory. */
    public static BoundTensor of(String name, TensorType type, DeviceMemory memory, long... shape) {
        return new BoundTensor(name, type, memory, false, shape);
    }

    /** Bytes of its elements. */
    public long bytes() {
        return type.bytes(shape);
    }
}
