package dev.sharegpt4v.models.image;

import java.util.Arrays;

/**
 * The five prefix codes of a region: green with lengths and cached colours, red, blue, alpha, distances.
 *
 * <p>Source: WebP lossless bitstream specification, section 6.2.2.
 */
record LosslessCodes(
        LosslessCode green, LosslessCode red, LosslessCode blue, LosslessCode alpha, LosslessCode distance) {

    static final int LENGTHS = 24;
    private static final int DISTANCES = 40;
    private static final int[] LENGTH_ORDER = {17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    static LosslessCodes read(LosslessBits bits, int cachedColours) {
        return new LosslessCodes(
                code(bits, 256 + LENGTHS + cachedColours),
                code(bits, 256),
                code(bits, 256),
                code(bits, 256),
                code(bits, DISTANCES));
    }

    int size() {
        return green.size() + red.size() + blue.size() + alpha.size() + distance.size();
    }

    private static LosslessCode code(LosslessBits bits, int symbols) {
        byte[] lengths = bits.flag() ? simple(bits, symbols) : lengths(bits, symbols);
        bits.requireEnough();
        return LosslessCode.of(lengths);
    }

    /** One or two symbols, written out. */
    private static byte[] simple(LosslessBits bits, int symbols) {
        byte[] lengths = new byte[Math.max(symbols, 256)];
        boolean two = bits.flag();
        lengths[bits.read(bits.flag() ? 8 : 1)] = 1;
        if (two) {
            lengths[bits.read(8)] = 1;
        }
        for (int i = symbols; i < lengths.length; i++) {
            if (lengths[i] > 0) {
                throw ImageException.malformed("the WebP names a symbol that is none");
            }
        }
        return lengths;
    }

    /** Lengths of codes, themselves coded. */
    private static byte[] lengths(LosslessBits bits, int symbols) {
        byte[] inner = new byte[LENGTH_ORDER.length];
        int count = 4 + bits.read(4);
        for (int i = 0; i < count; i++) {
            inner[LENGTH_ORDER[i]] = (byte) bits.read(3);
        }
        LosslessCode code = LosslessCode.of(inner);
        int left = symbols;
        if (bits.flag()) {
            left = 2 + bits.read(2 + 2 * bits.read(3));
        }
        if (left > symbols) {
            throw ImageException.malformed("the WebP has more lengths of codes than symbols");
        }
        byte[] lengths = new byte[symbols];
        byte previous = 8;
        for (int at = 0; at < symbols && left > 0; left--) {
            int length = code.read(bits);
            if (length < 16) {
                lengths[at++] = (byte) length;
                previous = length > 0 ? (byte) length : previous;
                continue;
            }
            int repeat = switch (length) {
                case 16 -> 3 + bits.read(2);
                case 17 -> 3 + bits.read(3);
                default -> 11 + bits.read(7);
            };
            if (repeat > symbols - at) {
                throw ImageException.malformed("the WebP repeats a length beyond the symbols");
            }
            Arrays.fill(lengths, at, at + repeat, length == 16 ? previous : 0);
            at += repeat;
        }
        return lengths;
    }
}
