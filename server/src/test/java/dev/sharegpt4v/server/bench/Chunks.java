package dev.sharegpt4v.server.bench;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Streams that give their bytes a few at a time, as networks do. */
final class Chunks {

    private Chunks() {}

    static InputStream of(String text, int most) {
        return of(text.getBytes(StandardCharsets.UTF_8), most);
    }

    static InputStream of(byte[] bytes, int most) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int from, int length) {
                return super.read(target, from, Math.min(length, most));
            }

            @Override
            public int read(byte[] target) {
                return read(target, 0, target.length);
            }
        };
    }
}
