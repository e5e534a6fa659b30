package dev.sharegpt4v.models.image;

/** Unpacks the palette indices of a GIF's frame. Source: GIF89a specification, appendix F. */
final class GifPixels {

    private static final int TABLE = 4_096;
    private static final int LONGEST_CODE = 12;
    private static final int MOST_BITS = 11;
    private static final int NONE = -1;

    private final ByteView file;
    private int at;
    private int blockEnd;
    private int bits;
    private int available;

    private final int[] before = new int[TABLE];
    private final byte[] last = new byte[TABLE];
    private final byte[] text = new byte[TABLE];

    private GifPixels(ByteView file, int at) {
        this.file = file;
        this.at = at;
        this.blockEnd = at;
    }

    /** The indices of as many pixels as are asked for, in the order of the file. */
    static byte[] read(ByteView file, int at, int count) {
        return new GifPixels(file, at + 1).read(file.unsignedByte(at), count);
    }

    private byte[] read(int symbolBits, int count) {
        if (symbolBits > MOST_BITS) {
            throw ImageException.malformed("the GIF has too many symbols");
        }
        byte[] pixels = new byte[count];
        int clear = 1 << symbolBits;
        int next = clear + 2;
        int width = symbolBits + 1;
        int previous = NONE;
        int written = 0;
        while (written < count) {
            int code = code(width);
            if (code == clear) {
                next = clear + 2;
                width = symbolBits + 1;
                previous = NONE;
                continue;
            }
            if (code == clear + 1 || code > (previous == NONE ? clear : next)) {
                throw ImageException.malformed("the GIF is damaged");
            }
            int begin = TABLE;
            int rest = code;
            if (code == next) {
                // A string that is just being made: the one before, and its first symbol again.
                begin--;
                rest = previous;
            }
            while (rest >= clear) {
                if (begin == 0) {
                    throw ImageException.malformed("the GIF is damaged");
                }
                text[--begin] = last[rest];
                rest = before[rest];
            }
            if (begin == 0) {
                throw ImageException.malformed("the GIF is damaged");
            }
            text[--begin] = (byte) rest;
            if (code == next) {
                text[TABLE - 1] = (byte) rest;
            }
            if (previous != NONE && next < TABLE) {
                before[next] = previous;
                last[next] = (byte) rest;
                width = next == (1 << width) - 1 && width < LONGEST_CODE ? width + 1 : width;
                next++;
            }
            previous = code;
            int length = Math.min(TABLE - begin, count - written);
            System.arraycopy(text, begin, pixels, written, length);
            written += length;
        }
        return pixels;
    }

    private int code(int width) {
        while (available < width) {
            while (at == blockEnd) {
                blockEnd = at + 1 + file.unsignedByte(at);
                at++;
            }
            bits |= file.unsignedByte(at++) << available;
            available += 8;
        }
        int code = bits & (1 << width) - 1;
        bits >>>= width;
        available -= width;
        return code;
    }
}
