package dev.sharegpt4v.models.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Safetensors files made of any header and any data, right or wrong. */
final class SafetensorsBytes {

    static final Path FILE = Path.of("weights.safetensors");

    private SafetensorsBytes() {}

    static byte[] of(String header, byte... data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return claiming(text.length, header, data);
    }

    /** A file that claims another header length than it has. */
    static byte[] claiming(long length, String header, byte... data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(text)
                .put(data)
                .array();
    }

    static MappedFile mapped(byte... bytes) {
        return new MappedFile(FILE, MemorySegment.ofArray(bytes));
    }
}
