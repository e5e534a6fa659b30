package dev.sharegpt4v.models.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file mapped for reading; its bytes stay on disk until they are touched. */
record MappedFile(Path path, MemorySegment bytes) {

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    static MappedFile open(Path path, Arena arena) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return new MappedFile(path, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (IOException e) {
            throw new CheckpointException("cannot read " + path + ": " + e.getMessage(), e);
        }
    }

    long size() {
        return bytes.byteSize();
    }

    int unsignedByte(long offset) {
        require(offset, 1);
        return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, offset));
    }

    int unsignedShort(long offset) {
        require(offset, 2);
        return Short.toUnsignedInt(bytes.get(SHORT, offset));
    }

    int intAt(long offset) {
        require(offset, 4);
        return bytes.get(INT, offset);
    }

    long unsignedInt(long offset) {
        return Integer.toUnsignedLong(intAt(offset));
    }

    long longAt(long offset) {
        require(offset, 8);
        return bytes.get(LONG, offset);
    }

    MemorySegment slice(long offset, long length) {
        require(offset, length);
        return bytes.asSlice(offset, length);
    }

    byte[] copy(long offset, long length) {
        return slice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    }

    CheckpointException malformed(String what) {
        return new CheckpointException(path + ": " + what);
    }

    private void require(long offset, long length) {
        if (offset < 0 || length < 0 || offset > size() - length) {
            throw malformed("ends before " + length + " bytes at offset " + offset);
        }
    }
}
