package dev.sharegpt4v.models.convert;

/**
 * How a matrix is rounded to few bits.
 *
 * @param bits 4 or 8
 * @param blockSize weights of one row that share a scale: 32, 64 or 128
 * @param symmetric without zero points: the middle of the code range stands for 0
 */
record Quantisation(int bits, int blockSize, boolean symmetric) {

    Quantisation {
        if (bits != 4 && bits != 8) {
            throw new IllegalArgumentException("weights of " + bits + " bits");
        }
        if (blockSize != 32 && blockSize != 64 && blockSize != 128) {
            throw new IllegalArgumentException("block size " + blockSize + " is not 32, 64 or 128");
        }
    }

    /** The largest code. */
    int largestCode() {
        return (1 << bits) - 1;
    }

    /** Blocks of a row. */
    int blocks(int columns) {
        return Math.ceilDiv(columns, blockSize);
    }

    /** Bytes of one block's codes. */
    int blockBytes() {
        return blockSize * bits / 8;
    }

    /** Bytes of one row's zero points. */
    int zeroPointBytes(int columns) {
        return Math.ceilDiv(blocks(columns) * bits, 8);
    }
}
