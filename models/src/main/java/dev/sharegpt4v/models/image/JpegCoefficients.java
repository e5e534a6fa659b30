package dev.sharegpt4v.models.image;

import java.util.Arrays;

/**
 * The quantised coefficients of all blocks of a JPEG.
 *
 * @param values those that are not zero, each block's in zigzag order, one behind the other: a quarter of the memory. While a
 *     progressive JPEG is read, [block, 64] in zigzag order, where only those whose bit is set in the mask mean anything
 * @param masks per block, a bit for each coefficient that was written; others are zero
 * @param starts per block, where its values begin
 */
record JpegCoefficients(short[] values, long[] masks, int[] starts) {

    static JpegCoefficients empty(JpegFrame frame, ImageScratch scratch) {
        long[] masks = scratch.masks(frame.blocks());
        Arrays.fill(masks, 0, frame.blocks(), 0);
        return new JpegCoefficients(
                scratch.coefficients(Math.multiplyExact(frame.blocks(), 64)), masks, scratch.starts(frame.blocks()));
    }

    /** Moves the values of a progressive JPEG together, once all are read. */
    void pack(int blocks) {
        int to = 0;
        for (int block = 0; block < blocks; block++) {
            starts[block] = to;
            // No block's place is before its values' new one.
            for (long rest = masks[block]; rest != 0; rest &= rest - 1) {
                values[to++] = values[block * 64 + Long.numberOfTrailingZeros(rest)];
            }
        }
    }

    /** Stores a coefficient while a progressive JPEG is read. */
    void put(int block, int k, int value) {
        values[block * 64 + k] = (short) value;
        masks[block] |= 1L << k;
    }

    /** A coefficient while a progressive JPEG is read. */
    int get(int block, int k) {
        return (masks[block] >>> k & 1) == 0 ? 0 : values[block * 64 + k];
    }
}
