package dev.sharegpt4v.runtime.onnx;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A tensor over memory of ours, for one run.
 *
 * @param name of the graph's input or output
 * @param value ONNX Runtime's handle
 */
record NativeTensor(String name, MemorySegment value) implements AutoCloseable {

    /** Element types with the numbers of the C API. */
    enum Type {
        FLOAT(1, 4),
        INT32(6, 4),
        INT64(7, 8);

        final int code;
        final int bytes;

        Type(int code, int bytes) {
            this.code = code;
            this.bytes = bytes;
        }
    }

    static NativeTensor over(String name, Type type, MemorySegment memory, long... shape) {
        try (Arena arena = Arena.ofConfined()) {
            long elements = 1;
            for (long dimension : shape) {
                elements *= dimension;
            }
            long bytes = elements * type.bytes;
            MemorySegment dimensions = arena.allocateFrom(JAVA_LONG, shape);
            MemorySegment out = arena.allocate(ADDRESS);
            Ort.check(() -> (MemorySegment) OrtApi.CREATE_TENSOR.invokeExact(
                    Ort.cpuMemory(), memory, bytes, dimensions, (long) shape.length, type.code, out));
            return new NativeTensor(name, out.get(ADDRESS, 0));
        }
    }

    @Override
    public void close() {
        Ort.release(OrtApi.RELEASE_VALUE, value);
    }
}
