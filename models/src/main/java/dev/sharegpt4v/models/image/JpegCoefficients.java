package dev.sharegpt4v.models.image;

import java.util.Arrays;

/**
 * The quantised coefficients of all blocks of a JPEG.
 *
 * @param values of a sequential JPEG those that are not zero, each block's in zigzag order, one behind the other: a quarter
 *     of the memory. Of a progressive one [block, 64] in zigzag order, where only those whose bit is set in the mask mean
 *     anything
 * @param masks per block, a bit for each coefficient that was written; others are zero
 * @param starts of a sequential JPEG, per block, where its values begin; empty for a progressive one
 */
record JpegCoefficients(short[] values, long[] masks, int[] starts) {

    static JpegCoefficients empty(JpegFrame frame, ImageScratch scratch) {
        long[] masks = scratch.masks(frame.blocks());
        Arrays.fill(masks, 0, frame.blocks(), 0);
        return new JpegCoefficients(
                scratch.coefficients(Math.multiplyExact(frame.blocks(), 64)),
                masks,
                frame.progressive() ? new int[0] : scratch.starts(frame.blocks()));
    }

    /** Stores a coefficient of a progressive JPEG. */
    void put(int block, int k, int value) {
        values[block * 64 + k] = (short) value;
        masks[block] |= 1L << k;
    }

    /** A coefficient of a progressive JPEG. */
    int get(int block, int k) {
        return (masks[block] >>> k & 1) == 0 ? 0 : values[block * 64 + k];
    }
}
