package dev.sharegpt4v.models.image;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The tables that a JPEG has defined so far. Source: ITU-T T.81, annexes B and K. */
final class JpegTables {

    /** Natural place, row times eight plus column, of each coefficient in zigzag order. */
    static final int[] NATURAL = natural();

    private final int[] @Nullable [] quantisation = new int[4][];
    private final @Nullable HuffmanTable[] dc = new HuffmanTable[4];
    private final @Nullable HuffmanTable[] ac = new HuffmanTable[4];

    /** A DQT segment. */
    void readQuantisation(ByteView file, int from, int length) {
        int at = from;
        int end = from + length;
        while (at < end) {
            int head = file.unsignedByte(at++);
            int bytes = head >> 4 == 0 ? 1 : 2;
            if ((head & 15) > 3 || at + 64 * bytes > end) {
                throw ImageException.malformed("the JPEG has a broken quantisation table");
            }
            int[] table = new int[64];
            for (int k = 0; k < 64; k++, at += bytes) {
                table[k] = bytes == 1 ? file.unsignedByte(at) : file.big16(at);
            }
            quantisation[head & 15] = table;
        }
    }

    /** A DHT segment. */
    void readHuffman(ByteView file, int from, int length) {
        int at = from;
        int end = from + length;
        while (at + 17 <= end) {
            int head = file.unsignedByte(at++);
            int[] counts = new int[16];
            int total = 0;
            for (int i = 0; i < 16; i++) {
                counts[i] = file.unsignedByte(at++);
                total += counts[i];
            }
            if ((head & 0xef) > 3 || total > 256 || at + total > end) {
                throw ImageException.malformed("the JPEG has a broken Huffman table");
            }
            byte[] symbols = new byte[total];
            for (int i = 0; i < total; i++) {
                symbols[i] = (byte) file.unsignedByte(at++);
            }
            (head < 16 ? dc : ac)[head & 15] = new HuffmanTable(counts, symbols);
        }
        if (at != end) {
            throw ImageException.malformed("the JPEG has a broken Huffman table");
        }
    }

    /** A quantisation table in zigzag order. */
    int[] quantisation(int number) {
        int[] table = number > 3 ? null : quantisation[number];
        if (table == null) {
            throw ImageException.malformed("the JPEG lacks a quantisation table");
        }
        return table;
    }

    HuffmanTable dc(int number) {
        HuffmanTable table = huffman(dc, number);
        if (!table.isForDc()) {
            throw ImageException.malformed("the JPEG has an impossible Huffman table");
        }
        return table;
    }

    HuffmanTable ac(int number) {
        return huffman(ac, number);
    }

    private static HuffmanTable huffman(@Nullable HuffmanTable[] tables, int number) {
        HuffmanTable table = number > 3 ? null : tables[number];
        if (table == null) {
            throw ImageException.malformed("the JPEG lacks a Huffman table");
        }
        return table;
    }

    /** Frames of Motion JPEG leave out the tables that the standard gives as examples. */
    void addMissingStandardTables() {
        byte[] means = HexFormat.of().parseHex("000102030405060708090a0b");
        setIfMissing(dc, 0, "00010501010101010100000000000000", means);
        setIfMissing(dc, 1, "00030101010101010101010000000000", means);
        setIfMissing(ac, 0, "0002010303020403050504040000017d", HexFormat.of().parseHex(LUMA));
        setIfMissing(ac, 1, "00020102040403040705040400010277", HexFormat.of().parseHex(CHROMA));
    }

    private static void setIfMissing(@Nullable HuffmanTable[] tables, int number, String counts, byte[] symbols) {
        if (tables[number] == null) {
            byte[] bytes = HexFormat.of().parseHex(counts);
            int[] numbers = new int[16];
            for (int i = 0; i < 16; i++) {
                numbers[i] = bytes[i] & 0xff;
            }
            tables[number] = new HuffmanTable(numbers, symbols);
        }
    }

    private static int[] natural() {
        int[] places = new int[64];
        int row = 0;
        int column = 0;
        for (int k = 0; k < 64; k++) {
            places[k] = row * 8 + column;
            boolean up = (row + column) % 2 == 0;
            if (up && column == 7 || !up && row < 7 && column == 0) {
                row++;
            } else if (up && row == 0 || !up && row == 7) {
                column++;
            } else {
                row += up ? -1 : 1;
                column += up ? 1 : -1;
            }
        }
        return places;
    }

    private static final String LUMA =
            "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a"
                    + "3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a929394"
                    + "95969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8"
                    + "e9eaf1f2f3f4f5f6f7f8f9fa";
    private static final String CHROMA =
            "000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728"
                    + "292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92"
                    + "939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7"
                    + "e8e9eaf2f3f4f5f6f7f8f9fa";
}
