package dev.sharegpt4v.runtime.memory;

import dev.sharegpt4v.runtime.execution.ContentHash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What stands at each position of a sequence, as far as its keys and values depend on it, and the chained hashes of its
 * whole blocks: equal hashes mean equal tokens and images from the first position on.
 *
 * <p>A hash is the first half of SHA-256 over the previous block's hash and this block's position keys. The chain begins
 * with the hash of a salt: sequences of different salts never meet.
 */
public final class PrefixKeys {

    private final int blockSize;
    private final MessageDigest digest = ContentHash.newDigest();
    private final List<ContentHash> chain = new ArrayList<>();
    private long[] keys;
    private int length;

    /**
     * Keys without a position yet.
     *
     * @param salt separates those who may not see each other's timing; empty for all who gave none
     * @param expected positions to make room for
     */
    public PrefixKeys(String salt, int blockSize, int expected) {
        this.blockSize = blockSize;
        this.keys = new long[Math.max(1, expected)];
        chain.add(ContentHash.of(digest.digest(salt.getBytes(StandardCharsets.UTF_8))));
    }

    /** Adds a position that holds a token. */
    public void add(int token) {
        append(token);
    }

    /** Adds a position that holds a row of an image's features. */
    public void add(ContentHash image, int row) {
        long mixed = image.high() * 0x9E3779B97F4A7C15L + image.low() + row * 0xD1B54A32D192ED03L;
        mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
        // Negative, as no token is.
        append(Long.MIN_VALUE | (mixed ^ (mixed >>> 32)));
    }

    private void append(long key) {
        if (length == keys.length) {
            keys = Arrays.copyOf(keys, length * 2);
        }
        keys[length++] = key;
    }

    int length() {
        return length;
    }

    long key(int position) {
        return keys[position];
    }

    long[] range(int from, int to) {
        return Arrays.copyOfRange(keys, from, to);
    }

    /** The hash of the first {@code blocks} whole blocks. */
    ContentHash chain(int blocks) {
        while (chain.size() <= blocks) {
            int from = (chain.size() - 1) * blockSize;
            chain.add(hash(chain.getLast(), from, from + blockSize));
        }
        return chain.get(blocks);
    }

    /** The hash of everything up to the end of the block that holds {@code position}, or to the last position known. */
    public ContentHash blockAt(int position) {
        int blocks = position / blockSize;
        int to = (blocks + 1) * blockSize;
        return to <= length ? chain(blocks + 1) : hash(chain(blocks), blocks * blockSize, length);
    }

    private ContentHash hash(ContentHash before, int from, int to) {
        ByteBuffer bytes = ByteBuffer.allocate((2 + to - from) * Long.BYTES);
        bytes.putLong(before.high()).putLong(before.low());
        for (int position = from; position < to; position++) {
            bytes.putLong(keys[position]);
        }
        return ContentHash.of(digest.digest(bytes.array()));
    }
}
