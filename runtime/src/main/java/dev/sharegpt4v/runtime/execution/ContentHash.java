package dev.sharegpt4v.runtime.execution;

/**
 * 128 bits that stand for an image and how it was preprocessed; equal hashes mean equal encoder output.
 *
 * @param high the first eight bytes of a digest, big-endian
 * @param low the next eight
 */
public record ContentHash(long high, long low) {

    @Override
    public String toString() {
        return "%016x%016x".formatted(high, low);
    }
}
