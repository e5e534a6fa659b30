package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.KvGeometry;

/** How many blocks a device's KV cache gets. */
final class KvBlocks {

    private KvBlocks() {}

    /**
     * Chooses them.
     *
     * @param blockBytes of a block over all layers
     * @param free bytes of the device that nobody has
     * @throws ExecutionFailure when not even one block fits, or what was asked for is not free
     */
    static KvGeometry choose(KvSize size, int blockSize, long blockBytes, long free) {
        long bytes = switch (size) {
            case KvSize.Bytes asked -> asked.bytes();
            case KvSize.Share share -> (long) (free * share.share());
        };
        if (bytes > free || bytes < blockBytes) {
            throw new ExecutionFailure(
                    ExecutionFailure.Kind.OUT_OF_MEMORY,
                    "a KV cache of %d MB does not fit: a block of %d tokens takes %d MB, and %d MB of the device are free"
                            .formatted(bytes >> 20, blockSize, blockBytes >> 20, free >> 20));
        }
        // Slots are numbered by 32 bits.
        long most = Integer.MAX_VALUE / blockSize;
        return new KvGeometry((int) Math.min(bytes / blockBytes, most), blockSize);
    }
}
