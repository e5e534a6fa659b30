package dev.sharegpt4v.runtime.execution;

/** How a graph for an accelerator computes, and how its KV cache stores keys and values. Two bytes each. */
public enum ActivationType {
    /** IEEE 754 halves. */
    FP16,
    /** The upper half of a float: its range, eight bits of precision. */
    BF16;

    /** Bytes of one value. */
    public int bytes() {
        return Short.BYTES;
    }
}
