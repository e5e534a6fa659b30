package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.image.Orientation;
import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ImageInput;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * The latest prepared pictures by the ids that callers gave them, so that they need not be sent again. Callers with different
 * cache salts do not see each other's. Bounded in bytes; the least recently used goes first. Thread-safe.
 */
final class NamedImages {

    private final PreparedImages images;

    NamedImages(long limit) {
        this.images = new PreparedImages(limit);
    }

    Optional<ImageInput> find(String salt, String uuid, Orientation orientation) {
        return images.find(key(salt, uuid, orientation));
    }

    /** An id that was given to another picture before is this one's now. */
    void keep(String salt, String uuid, Orientation orientation, ImageInput image) {
        PreparedImages.Key key = key(salt, uuid, orientation);
        if (images.find(key).filter(known -> known.hash().equals(image.hash())).isEmpty()) {
            images.replace(key, image);
        }
    }

    long bytes() {
        return images.bytes();
    }

    private static PreparedImages.Key key(String salt, String uuid, Orientation orientation) {
        MessageDigest digest = ContentHash.newDigest();
        byte[] first = salt.getBytes(StandardCharsets.UTF_8);
        // Its length tells where the salt ends.
        digest.update(Integer.toString(first.length).getBytes(StandardCharsets.UTF_8));
        digest.update((byte) ':');
        digest.update(first);
        return new PreparedImages.Key(
                ContentHash.of(digest.digest(uuid.getBytes(StandardCharsets.UTF_8))), orientation);
    }
}
