package dev.sharegpt4v.server.bench.gpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The table of sections of a 64-bit little-endian ELF file. */
final class ElfSections {

    /**
     * A section.
     *
     * @param name of it
     * @param from where it begins in the file
     * @param bytes of it
     */
    record Section(String name, long from, long bytes) {}

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int MAGIC = 0x464C457F;
    private static final int NO_BYTES = 8;

    private ElfSections() {}

    /**
     * All sections that take bytes of the file.
     *
     * @throws IllegalArgumentException when this is no such file
     */
    static List<Section> read(MemorySegment file) {
        try {
            if (file.byteSize() < 64 || file.get(INT, 0) != MAGIC || file.get(ValueLayout.JAVA_BYTE, 4) != 2) {
                throw new IllegalArgumentException("it is no 64-bit ELF file");
            }
            return sections(file);
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("its sections leave the file", e);
        }
    }

    private static List<Section> sections(MemorySegment file) {
        long table = file.get(LONG, 0x28);
        int size = Short.toUnsignedInt(file.get(SHORT, 0x3A));
        int count = Short.toUnsignedInt(file.get(SHORT, 0x3C));
        long names = file.get(LONG, table + (long) size * Short.toUnsignedInt(file.get(SHORT, 0x3E)) + 0x18);
        List<Section> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long header = table + (long) size * i;
            if (file.get(INT, header + 4) == NO_BYTES) {
                continue;
            }
            long from = file.get(LONG, header + 0x18);
            long bytes = file.get(LONG, header + 0x20);
            if (from < 0 || bytes < 0 || bytes > file.byteSize() - from) {
                throw new IllegalArgumentException("its sections leave the file");
            }
            found.add(new Section(file.getString(names + file.get(INT, header)), from, bytes));
        }
        return found;
    }
}
