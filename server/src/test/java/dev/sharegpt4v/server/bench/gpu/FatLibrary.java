package dev.sharegpt4v.server.bench.gpu;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes small ELF files with fat binaries, and remembers where each content lies. */
final class FatLibrary {

    /** An entry to write. */
    record Code(int kind, int architecture, byte[] content, int header) {
        Code(int kind, int architecture, byte[] content) {
            this(kind, architecture, content, 64);
        }
    }

    private static final int SECTION_AT = 64;

    private final String sectionName;

    private final ByteArrayOutputStream section = new ByteArrayOutputStream();
    private final List<Integer> contents = new ArrayList<>();

    FatLibrary() {
        this(".nv_fatbin");
    }

    /** With fat binaries in a section of this name. */
    FatLibrary(String sectionName) {
        this.sectionName = sectionName;
    }

    /** Adds a fat binary, with some zeros behind it as a linker leaves them. */
    FatLibrary binary(List<Code> codes, int zeros) {
        int length = codes.stream()
                .mapToInt(code -> code.header() + code.content().length)
                .sum();
        section.writeBytes(buffer(16)
                .putInt(0xBA55ED50)
                .putShort((short) 1)
                .putShort((short) 16)
                .putLong(length)
                .array());
        for (Code code : codes) {
            section.writeBytes(buffer(code.header())
                    .putShort((short) code.kind())
                    .putShort((short) 0x0101)
                    .putInt(code.header())
                    .putLong(code.content().length)
                    .putInt(code.content().length)
                    .putInt(0)
                    .putInt(7)
                    .putInt(code.architecture())
                    .array());
            contents.add(SECTION_AT + section.size());
            section.writeBytes(code.content());
        }
        section.writeBytes(new byte[zeros]);
        return this;
    }

    /** Anything. */
    FatLibrary raw(byte[] bytes) {
        section.writeBytes(bytes);
        return this;
    }

    /** Where the content of each entry begins in the file. */
    List<Integer> contents() {
        return contents;
    }

    byte[] bytes() {
        String texts = "\0.text\0.shstrtab\0" + sectionName + "\0";
        byte[] names = texts.getBytes(StandardCharsets.US_ASCII);
        int namesAt = SECTION_AT + section.size();
        int table = (namesAt + names.length + 7) / 8 * 8;
        byte[] all = new byte[table + 4 * 64];
        ByteBuffer file = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0, 0x464C457F).put(4, (byte) 2).put(5, (byte) 1);
        file.putLong(0x28, table)
                .putShort(0x3A, (short) 64)
                .putShort(0x3C, (short) 4)
                .putShort(0x3E, (short) 3);
        file.put(SECTION_AT, section.toByteArray()).put(namesAt, names);
        header(file, table + 64, texts.indexOf(".text"), 8, 0, 1 << 20);
        header(file, table + 128, texts.indexOf(sectionName), 1, SECTION_AT, section.size());
        header(file, table + 192, texts.indexOf(".shstrtab"), 3, namesAt, names.length);
        return all;
    }

    private static void header(ByteBuffer file, int at, int name, int type, long from, long bytes) {
        file.putInt(at, name).putInt(at + 4, type).putLong(at + 0x18, from).putLong(at + 0x20, bytes);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
