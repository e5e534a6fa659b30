package dev.sharegpt4v.runtime.grammar;

import java.nio.charset.StandardCharsets;

/** Immutable bytes; equal only to itself, since automata compare many. */
public final class ByteText {

    private final byte[] bytes;

    private ByteText(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A text in UTF-8. */
    public static ByteText of(String text) {
        return new ByteText(text.getBytes(StandardCharsets.UTF_8));
    }

    public int length() {
        return bytes.length;
    }

    /** The byte at a place, 0 to 255. */
    public int at(int place) {
        return bytes[place] & 0xff;
    }
}
