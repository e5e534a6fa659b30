package dev.sharegpt4v.server;

import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelShape;
import java.lang.management.ManagementFactory;
import java.util.OptionalLong;

/** Chooses the size of the KV cache: what was asked for, else a share of the machine's memory, at least one context. */
final class KvSizing {

    private static final int MEMORY_SHARE = 8;
    private static final int MOST_CONTEXTS = 16;

    private KvSizing() {}

    static KvGeometry choose(ModelShape shape, int blockSize, OptionalLong bytes) {
        return choose(shape, blockSize, bytes, physicalMemory());
    }

    static KvGeometry choose(ModelShape shape, int blockSize, OptionalLong bytes, long memory) {
        long blockBytes = shape.kvBytesPerToken(Float.BYTES) * blockSize;
        int context = Math.ceilDiv(shape.contextLength(), blockSize);
        long blocks = bytes.isPresent()
                ? bytes.getAsLong() / blockBytes
                : Math.clamp(memory / MEMORY_SHARE / blockBytes, context, (long) context * MOST_CONTEXTS);
        if (blocks < 1) {
            throw new IllegalArgumentException("a KV cache of %d bytes holds no block of %d tokens, which takes %d"
                    .formatted(bytes.orElse(0), blockSize, blockBytes));
        }
        return new KvGeometry((int) Math.min(blocks, Integer.MAX_VALUE / blockSize), blockSize);
    }

    private static long physicalMemory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Runtime.getRuntime().maxMemory();
    }
}
