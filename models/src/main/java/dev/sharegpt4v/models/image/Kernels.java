package dev.sharegpt4v.models.image;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** Kernels that were made lately: pictures come in few sizes. */
final class Kernels {

    private static final int MOST = 64;

    private record Key(ResampleKernel.Axis axis, boolean mirrored) {}

    private final SequencedMap<Key, ResampleKernel> made = new LinkedHashMap<>();

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
            made.put(key, kernel);
            if (made.size() > MOST) {
                made.pollFirstEntry();
            }
        }
        return kernel;
    }
}
