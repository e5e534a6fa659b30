package dev.sharegpt4v.models.image;

import java.util.Arrays;

/**
 * The quantised coefficients of all blocks of a JPEG.
 *
 * @param values [block, 64] in zigzag order; only those whose bit is set in the mask mean anything, others are zero
 * @param masks per block, a bit for each coefficient that was written
 */
record JpegCoefficients(short[] values, long[] masks) {

    static JpegCoefficients empty(JpegFrame frame, ImageScratch scratch) {
        long[] masks = scratch.masks(frame.blocks());
        Arrays.fill(masks, 0, frame.blocks(), 0);
        return new JpegCoefficients(scratch.coefficients(Math.multiplyExact(frame.blocks(), 64)), masks);
    }

    void put(int block, int k, int value) {
        values[block * 64 + k] = (short) value;
        masks[block] |= 1L << k;
    }

    int get(int block, int k) {
        return (masks[block] >>> k & 1) == 0 ? 0 : values[block * 64 + k];
    }
}
