package dev.sharegpt4v.models.image;

import java.util.Arrays;

/** Reads macroblocks' coefficients. Source: RFC 6386, section 13. */
final class Vp8Tokens {

    private static final int LUMA_AFTER_SUMS = 0;
    private static final int SUMS = 1;
    private static final int CHROMA = 2;
    private static final int LUMA = 3;

    private static final int[] BANDS = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};
    private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};
    private static final int[][] EXTRA_BITS = {
        {173, 148, 140},
        {176, 155, 140, 135},
        {180, 157, 141, 134, 130},
        {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}
    };

    /** Places per macroblock that remember whether neighbours had coefficients: 4 of luma, 2 of U, 2 of V, the sums. */
    private static final int PLACES = 9;

    private static final int SUMS_PLACE = 8;

    private final Vp8Header header;
    private final int[] above;
    private final int[] left = new int[PLACES];
    private final short[] sums = new short[16];

    Vp8Tokens(Vp8Header header, int across) {
        this.header = header;
        this.above = new int[across * PLACES];
    }

    void startRow() {
        Arrays.fill(left, 0);
    }

    void read(Vp8BoolReader reader, Vp8Macroblock block, int column) {
        Arrays.fill(block.coefficients, (short) 0);
        block.coded = false;
        int top = column * PLACES;
        if (block.skips) {
            // The place of the sums is left alone by macroblocks without sums.
            int places = block.blocks ? SUMS_PLACE : PLACES;
            Arrays.fill(above, top, top + places, 0);
            Arrays.fill(left, 0, places, 0);
            return;
        }
        Vp8Steps steps = header.steps()[block.segment];
        int first = block.blocks ? 0 : 1;
        if (!block.blocks) {
            sums(reader, block, top, steps.sums());
        }
        int type = block.blocks ? LUMA : LUMA_AFTER_SUMS;
        for (int i = 0; i < Vp8Macroblock.LUMA_BLOCKS; i++) {
            read(reader, block, i, type, first, steps.luma(), top + i % 4, i / 4);
        }
        for (int i = 0; i < 8; i++) {
            int place = 4 + i / 4 * 2;
            read(reader, block, 16 + i, CHROMA, 0, steps.chroma(), top + place + i % 2, place + i / 2 % 2);
        }
        if (reader.isExhausted()) {
            throw ImageException.malformed("the WebP is truncated");
        }
    }

    private void sums(Vp8BoolReader reader, Vp8Macroblock block, int top, int[] steps) {
        Arrays.fill(sums, (short) 0);
        int context = above[top + SUMS_PLACE] + left[SUMS_PLACE];
        int end = tokens(reader, SUMS, context, steps, 0, sums, 0);
        above[top + SUMS_PLACE] = left[SUMS_PLACE] = end > 0 ? 1 : 0;
        Vp8Transform.spread(sums, block.coefficients);
    }

    private void read(
            Vp8BoolReader reader, Vp8Macroblock block, int index, int type, int first, int[] steps, int top, int side) {
        int at = index * Vp8Macroblock.BLOCK;
        int end = tokens(reader, type, above[top] + left[side], steps, first, block.coefficients, at);
        above[top] = left[side] = end > first ? 1 : 0;
        block.coded |= end > 1 || block.coefficients[at] != 0;
    }

    /** One block; the place after its last token. */
    private int tokens(
            Vp8BoolReader reader, int type, int context, int[] steps, int first, short[] target, int offset) {
        int[] tokens = header.tokens();
        int place = first;
        int at = probabilities(type, place, context);
        while (place < 16) {
            if (!reader.bool(tokens[at])) {
                return place;
            }
            while (!reader.bool(tokens[at + 1])) {
                if (++place == 16) {
                    return 16;
                }
                at = probabilities(type, place, 0);
            }
            int value = reader.bool(tokens[at + 2]) ? large(reader, at) : 1;
            int signed = reader.flag() ? -value : value;
            target[offset + ZIGZAG[place]] = (short) (signed * steps[place > 0 ? 1 : 0]);
            place++;
            at = probabilities(type, place, value > 1 ? 2 : 1);
        }
        return 16;
    }

    private static int probabilities(int type, int place, int context) {
        return ((type * 8 + BANDS[place]) * 3 + context) * 11;
    }

    private int large(Vp8BoolReader reader, int at) {
        int[] tokens = header.tokens();
        if (!reader.bool(tokens[at + 3])) {
            return reader.bool(tokens[at + 4]) ? 3 + reader.bit(tokens[at + 5]) : 2;
        }
        if (!reader.bool(tokens[at + 6])) {
            return reader.bool(tokens[at + 7]) ? 7 + 2 * reader.bit(165) + reader.bit(145) : 5 + reader.bit(159);
        }
        int high = reader.bit(tokens[at + 8]);
        int category = 2 * high + reader.bit(tokens[at + 9 + high]);
        int extra = 0;
        for (int probability : EXTRA_BITS[category]) {
            extra = 2 * extra + reader.bit(probability);
        }
        return extra + 3 + (8 << category);
    }
}
