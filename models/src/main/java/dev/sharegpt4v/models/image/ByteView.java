package dev.sharegpt4v.models.image;

/** Reads numbers from a stretch of bytes; places outside it are malformed, not a crash. */
record ByteView(byte[] bytes, int from, int to) {

    static ByteView of(byte[] bytes) {
        return new ByteView(bytes, 0, bytes.length);
    }

    int length() {
        return to - from;
    }

    int unsignedByte(int at) {
        if (at < 0 || at >= length()) {
            throw ImageException.malformed("the image ends early");
        }
        return bytes[from + at] & 0xff;
    }

    int big16(int at) {
        return unsignedByte(at) << 8 | unsignedByte(at + 1);
    }

    long big32(int at) {
        return (long) big16(at) << 16 | big16(at + 2);
    }

    int little16(int at) {
        return unsignedByte(at + 1) << 8 | unsignedByte(at);
    }

    int little24(int at) {
        return little16(at) | unsignedByte(at + 2) << 16;
    }

    long little32(int at) {
        return (long) little16(at + 2) << 16 | little16(at);
    }

    boolean hasText(int at, String text) {
        if (at < 0 || at + text.length() > length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (unsignedByte(at + i) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    ByteView slice(int at, int length) {
        int begin = Math.clamp((long) from + at, from, to);
        return new ByteView(bytes, begin, Math.clamp((long) begin + length, begin, to));
    }
}
