package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.image.Orientation;
import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ImageInput;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The latest prepared pictures by the bytes of their files, so that the next question about one neither decodes nor resizes
 * it. Bounded in bytes; the least recently used goes first. Thread-safe.
 */
final class PreparedImages {

    /** What a prepared picture depends on, limits and the model aside. */
    record Key(ContentHash file, Orientation orientation) {

        static Key of(byte[] file, Orientation orientation) {
            return new Key(ContentHash.of(ContentHash.newDigest().digest(file)), orientation);
        }
    }

    private final long limit;
    private final Map<Key, ImageInput> kept = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    PreparedImages(long limit) {
        this.limit = limit;
    }

    synchronized Optional<ImageInput> find(Key key) {
        return Optional.ofNullable(kept.get(key));
    }

    synchronized void keep(Key key, ImageInput image) {
        if (image.bytes() > limit || kept.putIfAbsent(key, image) != null) {
            return;
        }
        bytes += image.bytes();
        Iterator<ImageInput> eldest = kept.values().iterator();
        while (bytes > limit) {
            bytes -= eldest.next().bytes();
            eldest.remove();
        }
    }

    synchronized void replace(Key key, ImageInput image) {
        ImageInput before = kept.remove(key);
        bytes -= before == null ? 0 : before.bytes();
        keep(key, image);
    }

    /** Bytes of all pictures that are kept. */
    synchronized long bytes() {
        return bytes;
    }
}
