package dev.sharegpt4v.runtime.execution;

/** How a KV cache stores keys and values. */
public enum KvFormat {
    /** Four bytes a channel, exact. */
    FP32(4),
    /** IEEE 754 halves; what is larger than the largest half becomes the largest half. */
    FP16(2),
    /** A signed byte a channel, with a float scale for each token and head. */
    INT8(1);

    private final int bytes;

    KvFormat(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one channel, scales apart. */
    public int bytes() {
        return bytes;
    }
}
