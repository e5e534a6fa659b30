package dev.sharegpt4v.models.image;

/** VP8's arithmetic decoder. Source: RFC 6386, section 7. */
final class Vp8BoolReader {

    private final byte[] bytes;
    private final int end;
    private int position;
    private int value;
    private int range = 254;
    private int bits = -8;
    private boolean exhausted;

    Vp8BoolReader(ByteView data) {
        this.bytes = data.bytes();
        this.position = data.from();
        this.end = data.to();
        load();
    }

    /** Whether bits were asked for that the data does not have. */
    boolean isExhausted() {
        return exhausted;
    }

    /** One decision, which is false with the given probability in 256. */
    boolean bool(int probability) {
        if (bits < 0) {
            load();
        }
        int split = range * probability >> 8;
        boolean result = value >>> bits > split;
        if (result) {
            range -= split + 1;
            value -= split + 1 << bits;
        } else {
            range = split;
        }
        if (range < 127) {
            int shift = Integer.numberOfLeadingZeros(range + 1) - 24;
            range = (range + 1 << shift) - 1;
            bits -= shift;
        }
        return result;
    }

    int bit(int probability) {
        return bool(probability) ? 1 : 0;
    }

    boolean flag() {
        return bool(128);
    }

    /** A number, most significant bit first. */
    int number(int width) {
        int number = 0;
        for (int i = 0; i < width; i++) {
            number = number << 1 | bit(128);
        }
        return number;
    }

    /** A magnitude and its sign. */
    int signed(int width) {
        int magnitude = number(width);
        return flag() ? -magnitude : magnitude;
    }

    /** A signed number where a flag says that there is one, else 0. */
    int optional(int width) {
        return flag() ? signed(width) : 0;
    }

    private void load() {
        while (bits < 0) {
            if (position < end) {
                value = value << 8 | bytes[position++] & 0xff;
            } else {
                value <<= 8;
                exhausted = true;
            }
            bits += 8;
        }
    }
}
