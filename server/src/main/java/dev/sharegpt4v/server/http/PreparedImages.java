package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.image.Orientation;
import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ImageInput;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
            try {
                ByteBuffer digest =
                        ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(file));
                return new Key(new ContentHash(digest.getLong(), digest.getLong()), orientation);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256. This is a bug.", e);
            }
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
        if (bytes(image) > limit || kept.putIfAbsent(key, image) != null) {
            return;
        }
        bytes += bytes(image);
        Iterator<ImageInput> eldest = kept.values().iterator();
        while (bytes > limit) {
            bytes -= bytes(eldest.next());
            eldest.remove();
        }
    }

    /** Bytes of all pictures that are kept. */
    synchronized long bytes() {
        return bytes;
    }

    private static long bytes(ImageInput image) {
        return (long) image.values().length * Float.BYTES;
    }
}
