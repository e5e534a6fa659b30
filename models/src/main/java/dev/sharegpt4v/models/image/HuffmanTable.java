package dev.sharegpt4v.models.image;

/**
 * A JPEG's Huffman table, with the shortest codes and the bits behind them decoded in advance.
 *
 * <p>Source: ITU-T T.81, annexes C and F.
 */
final class HuffmanTable {

    /** Bits that are looked up at once. */
    static final int LOOK = 11;

    /** Bits that a code that stands in no table takes, as in libjpeg. */
    private static final int INVALID_LENGTH = 17;

    /** By the next {@link #LOOK} bits: value ‹‹ 16 | run ‹‹ 8 | bits that both take; 0 where they do not suffice. */
    final int[] fast = new int[1 << LOOK];

    /** By the next {@link #LOOK} bits: length ‹‹ 8 | symbol of a code of so many bits at the most; 0 for longer ones. */
    private final short[] codes = new short[1 << LOOK];

    private final int[] limits = new int[17];
    private final int[] offsets = new int[17];
    private final byte[] symbols;

    /**
     * @param counts codes of each length, from one bit to sixteen
     * @param symbols in the order of their codes
     */
    HuffmanTable(int[] counts, byte[] symbols) {
        this.symbols = symbols.clone();
        int code = 0;
        int index = 0;
        for (int length = 1; length <= 16; length++) {
            offsets[length] = index - code;
            code += counts[length - 1];
            index += counts[length - 1];
            if (code > 1 << length) {
                throw ImageException.malformed("the JPEG has an impossible Huffman table");
            }
            limits[length] = code << (16 - length);
            code <<= 1;
        }
        for (int bits = 0; bits < fast.length; bits++) {
            int found = longer(bits << (16 - LOOK), 1);
            codes[bits] = (short) (found >> 8 > LOOK ? 0 : found);
            fast[bits] = inAdvance(bits, found);
        }
    }

    /** Length ‹‹ 8 | symbol of the code that the 16 bits begin with. */
    int code(int bits) {
        int found = codes[bits >> (16 - LOOK)];
        return found != 0 ? found : longer(bits, LOOK + 1);
    }

    private int longer(int bits, int from) {
        for (int length = from; length <= 16; length++) {
            if (bits < limits[length]) {
                return length << 8 | symbols[offsets[length] + (bits >> (16 - length))] & 0xff;
            }
        }
        return INVALID_LENGTH << 8;
    }

    /** Whether all symbols are lengths that a DC difference can have. */
    boolean isForDc() {
        for (byte symbol : symbols) {
            if (symbol < 0 || symbol > 15) {
                return false;
            }
        }
        return true;
    }

    private int inAdvance(int bits, int found) {
        int size = found & 15;
        int run = found >> 4 & 15;
        int taken = (found >> 8) + size;
        if (taken > LOOK) {
            return 0;
        }
        if (size == 0) {
            return (run == 15 ? 16 : 64) << 8 | taken;
        }
        int value = bits >> (LOOK - taken) & (1 << size) - 1;
        return extend(value, size) << 16 | run << 8 | taken;
    }

    /** The signed number that {@code size} bits stand for. */
    static int extend(int bits, int size) {
        return size > 0 && bits < 1 << (size - 1) ? bits + (-1 << size) + 1 : bits;
    }
}
