package dev.sharegpt4v.server.bench.gpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the fat binaries that lie one after the other, each from a multiple of eight bytes on, in a section of a shared library.
 *
 * <p>A fat binary is a header of 16 bytes (magic, version, size of the header, size of what follows) and entries; an entry is a
 * header (kind, its own size, size of the content, …, architecture at 28) and its content. Source: fatbinary_section.h of CUDA,
 * and what others have found out about the entries (github.com/n-eiling/cuda-fatbin-decompression).
 */
final class FatSection {

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int MAGIC = 0xBA55ED50;
    private static final int HEADER = 16;
    private static final int LEAST_ENTRY = 32;
    private static final int PTX = 1;
    private static final int PADDING = 8;

    private final MemorySegment file;
    private final long to;
    private final boolean mixed;

    private FatSection(MemorySegment file, long to, boolean mixed) {
        this.file = file;
        this.to = to;
        this.mixed = mixed;
    }

    /**
     * The entries of every fat binary of a section.
     *
     * @param mixed whether other things may lie between fat binaries
     * @throws IllegalArgumentException when it holds anything else and may not
     */
    static List<List<FatEntry>> read(MemorySegment file, long from, long bytes, boolean mixed) {
        return new FatSection(file, from + bytes, mixed).binaries(from);
    }

    private List<List<FatEntry>> binaries(long from) {
        List<List<FatEntry>> found = new ArrayList<>();
        long at = from;
        while (at + HEADER <= to) {
            if (file.get(LONG, at) == 0 || mixed && !isBinary(at)) {
                at += PADDING;
                continue;
            }
            if (!isBinary(at)) {
                throw new IllegalArgumentException("no fat binary begins at byte " + at);
            }
            long end = end(at);
            found.add(entries(at + HEADER, end));
            at = end;
        }
        return found;
    }

    private boolean isBinary(long at) {
        return file.get(INT, at) == MAGIC && Short.toUnsignedInt(file.get(SHORT, at + 6)) == HEADER;
    }

    private List<FatEntry> entries(long from, long end) {
        List<FatEntry> found = new ArrayList<>();
        long at = from;
        while (at + LEAST_ENTRY <= end) {
            int kind = Short.toUnsignedInt(file.get(SHORT, at));
            long header = Integer.toUnsignedLong(file.get(INT, at + 4));
            long content = file.get(LONG, at + 8);
            if (header < LEAST_ENTRY || content < 0 || content > end - at - header) {
                throw new IllegalArgumentException("the entry at byte " + at + " leaves its fat binary");
            }
            int number = file.get(INT, at + 28);
            found.add(new FatEntry(kind == PTX, Architecture.ofNumber(number), at + header, content));
            at += header + content;
        }
        return found;
    }

    private long end(long at) {
        long bytes = file.get(LONG, at + 8);
        if (bytes < 0 || bytes > to - at - HEADER) {
            throw new IllegalArgumentException("a fat binary at byte " + at + " leaves its section");
        }
        return at + HEADER + bytes;
    }
}
