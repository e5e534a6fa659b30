package dev.sharegpt4v.runtime.accelerator;

/** Element types of the tensors that cross the seam to a graph. */
public enum TensorType {
    FLOAT(4),
    INT32(4),
    INT64(8),
    FLOAT16(2),
    BFLOAT16(2);

    private final int bytes;

    TensorType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of a tensor of this type; of one element without dimensions. */
    public long bytes(long... shape) {
        long all = bytes;
        for (long dimension : shape) {
            all = Math.multiplyExact(all, dimension);
        }
        return all;
    }
}
