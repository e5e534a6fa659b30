package dev.sharegpt4v.runtime.onnx;

/** How much of a device's memory its KV cache gets. */
public sealed interface KvSize {

    /**
     * So many bytes.
     *
     * @param bytes at most
     */
    record Bytes(long bytes) implements KvSize {
        public Bytes {
            if (bytes < 1) {
                throw new IllegalArgumentException("a KV cache of " + bytes + " bytes");
            }
        }
    }

    /**
     * A share of what is free after the weights are loaded; the rest is for what a step computes in between.
     *
     * @param share above 0 and below 1
     */
    record Share(double share) implements KvSize {
        public Share {
            if (!(share > 0 && share < 1)) {
                throw new IllegalArgumentException("a share of " + share);
            }
        }
    }
}
