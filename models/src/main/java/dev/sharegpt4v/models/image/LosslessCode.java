package dev.sharegpt4v.models.image;

/**
 * A canonical prefix code. Codes of up to eight bits are looked up, longer ones walked bit by bit.
 *
 * <p>Source: WebP lossless bitstream specification, section 6.2; a code with one symbol takes no bits.
 */
final class LosslessCode {

    private static final int LONGEST = 15;
    private static final int LOOKED_UP = 8;

    /** Codes of each length. */
    private final int[] counts = new int[LONGEST + 1];

    /** Symbols by rising code. */
    private final short[] symbols;

    /** By the next bits: symbol · 16 + length, 0 for longer codes. */
    private final int[] table;

    private final int tableBits;

    private LosslessCode(byte[] lengths, int used) {
        int longest = 0;
        for (byte length : lengths) {
            counts[length]++;
            longest = Math.max(longest, length);
        }
        counts[0] = 0;
        int[] next = new int[LONGEST + 2];
        for (int length = 1; length <= LONGEST; length++) {
            next[length + 1] = next[length] + counts[length];
        }
        symbols = new short[used];
        for (int symbol = 0; symbol < lengths.length; symbol++) {
            if (lengths[symbol] > 0) {
                symbols[next[lengths[symbol]]++] = (short) symbol;
            }
        }
        tableBits = used == 1 ? 0 : Math.min(longest, LOOKED_UP);
        table = new int[used == 1 ? 0 : 1 << tableBits];
        fillTable();
    }

    /**
     * A code from the lengths of its symbols' codes.
     *
     * @throws ImageException when they make no complete code
     */
    static LosslessCode of(byte[] lengths) {
        int used = 0;
        int space = 0;
        for (byte length : lengths) {
            if (length > 0) {
                used++;
                space += 1 << LONGEST - length;
            }
        }
        if (used == 0 || (used > 1 && space != 1 << LONGEST)) {
            throw ImageException.malformed("the WebP has an incomplete prefix code");
        }
        return new LosslessCode(lengths, used);
    }

    private void fillTable() {
        int code = 0;
        int index = 0;
        for (int length = 1; length <= tableBits; length++) {
            for (int i = 0; i < counts[length]; i++) {
                int reversed = Integer.reverse(code) >>> 32 - length;
                int entry = Short.toUnsignedInt(symbols[index]) << 4 | length;
                for (int at = reversed; at < table.length; at += 1 << length) {
                    table[at] = entry;
                }
                code++;
                index++;
            }
            code <<= 1;
        }
    }

    int read(LosslessBits bits) {
        if (table.length == 0) {
            return Short.toUnsignedInt(symbols[0]);
        }
        int entry = table[bits.peek(tableBits)];
        if (entry != 0) {
            bits.skip(entry & 15);
            return entry >> 4;
        }
        return walk(bits);
    }

    private int walk(LosslessBits bits) {
        int ahead = bits.peek(LONGEST);
        int code = 0;
        int first = 0;
        int index = 0;
        for (int length = 1; length <= LONGEST; length++) {
            code |= ahead >> length - 1 & 1;
            int count = counts[length];
            if (code - first < count) {
                bits.skip(length);
                return Short.toUnsignedInt(symbols[index + code - first]);
            }
            index += count;
            first = first + count << 1;
            code <<= 1;
        }
        throw ImageException.malformed("the WebP has a broken prefix code");
    }

    /** What it takes in memory, in numbers. */
    int size() {
        return symbols.length + table.length;
    }
}
