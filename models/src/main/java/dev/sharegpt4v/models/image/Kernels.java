package dev.sharegpt4v.models.image;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** Kernels that were made lately, within a limit of bytes: pictures come in few sizes. */
final class Kernels {

    static final long MOST_BYTES = 16L << 20;

    private record Key(ResampleKernel.Axis axis, boolean mirrored) {}

    private final SequencedMap<Key, ResampleKernel> made = new LinkedHashMap<>();
    private long bytes;

    ResampleKernel get(ResampleKernel.Axis axis, boolean mirrored) {
        Key key = new Key(axis, mirrored);
        synchronized (made) {
            ResampleKernel found = made.get(key);
            if (found != null) {
                return found;
            }
        }
        ResampleKernel kernel = ResampleKernel.of(axis, mirrored);
        synchronized (made) {
            if (kernel.bytes() <= MOST_BYTES && made.putIfAbsent(key, kernel) == null) {
                bytes += kernel.bytes();
                while (bytes > MOST_BYTES) {
                    bytes -= made.pollFirstEntry().getValue().bytes();
                }
            }
        }
        return kernel;
    }

    /** Bytes of all kernels. */
    long bytes() {
        synchronized (made) {
            return bytes;
        }
    }
}
