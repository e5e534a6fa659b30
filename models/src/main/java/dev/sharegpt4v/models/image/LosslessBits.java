package dev.sharegpt4v.models.image;

/** Reads bits, least significant first; past the end they are zeros until someone asks whether they were. */
final class LosslessBits {

    private final byte[] bytes;
    private final int end;
    private int position;
    private long buffer;
    private int available;
    private long missing;

    LosslessBits(ByteView data) {
        this.bytes = data.bytes();
        this.position = data.from();
        this.end = data.to();
    }

    /** The next bits, at most 24, which stay. */
    int peek(int count) {
        while (available < count) {
            if (position < end) {
                buffer |= (bytes[position++] & 0xffL) << available;
            } else {
                missing += 8;
            }
            available += 8;
        }
        return (int) (buffer & (1L << count) - 1);
    }

    void skip(int count) {
        buffer >>>= count;
        available -= count;
    }

    int read(int count) {
        int bits = peek(count);
        skip(count);
        return bits;
    }

    boolean flag() {
        return read(1) != 0;
    }

    void requireEnough() {
        if (missing > available) {
            throw ImageException.malformed("the WebP is truncated");
        }
    }
}
