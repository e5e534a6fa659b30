package dev.sharegpt4v.runtime.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** How floating-point numbers lie in memory. */
public enum StoredFloats {
    FP32(1, Float.BYTES) {
        @Override
        double get(MemorySegment memory, long index) {
            return memory.getAtIndex(ValueLayout.JAVA_FLOAT, index);
        }

        @Override
        void set(MemorySegment memory, long index, double value) {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) value);
        }
    },
    FP16(10, Short.BYTES) {
        @Override
        double get(MemorySegment memory, long index) {
            return Float.float16ToFloat(memory.getAtIndex(ValueLayout.JAVA_SHORT, index));
        }

        @Override
        void set(MemorySegment memory, long index, double value) {
            memory.setAtIndex(ValueLayout.JAVA_SHORT, index, Float.floatToFloat16((float) value));
        }
    };

    /** Number in ONNX Runtime's C API. */
    final int code;

    /** Width of one number. */
    final int bytes;

    StoredFloats(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    abstract double get(MemorySegment memory, long index);

    abstract void set(MemorySegment memory, long index, double value);
}
