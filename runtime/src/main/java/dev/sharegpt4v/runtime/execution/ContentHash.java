package dev.sharegpt4v.runtime.execution;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * 128 bits that stand for an image and how it was preprocessed; equal hashes mean equal encoder output.
 *
 * @param high the first eight bytes of a digest, big-endian
 * @param low the next eight
 */
public record ContentHash(long high, long low) {

    /** A digest whose sums become hashes: SHA-256. */
    public static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256. This is a bug.", e);
        }
    }

    /** The first half of a digest's sum. */
    public static ContentHash of(byte[] sum) {
        ByteBuffer bytes = ByteBuffer.wrap(sum);
        return new ContentHash(bytes.getLong(), bytes.getLong());
    }

    @Override
    public String toString() {
        return "%016x%016x".formatted(high, low);
    }
}
