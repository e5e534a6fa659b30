package dev.sharegpt4v.models.checkpoint;

/** Element types of checkpoint tensors. */
public enum ElementType {
    F32(4),
    F16(2),
    BF16(2),
    F64(8),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U8(1),
    BOOL(1);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Width of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Whether values are floating-point numbers that {@link TensorView#readFloats} can read. */
    public boolean isFloating() {
        return this == F32 || this == F16 || this == BF16 || this == F64;
    }
}
