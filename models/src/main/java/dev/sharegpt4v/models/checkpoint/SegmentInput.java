package dev.sharegpt4v.models.checkpoint;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/** Reads mapped bytes as a stream. */
final class SegmentInput extends InputStream {

    private final MemorySegment bytes;
    private long position;

    SegmentInput(MemorySegment bytes) {
        this.bytes = bytes;
    }

    @Override
    public int read() {
        return position == bytes.byteSize() ? -1 : Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, position++));
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (position == bytes.byteSize() && length > 0) {
            return -1;
        }
        int count = (int) Math.min(length, bytes.byteSize() - position);
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, position, target, offset, count);
        position += count;
        return count;
    }
}
