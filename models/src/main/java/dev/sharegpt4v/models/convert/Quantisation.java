package dev.sharegpt4v.models.convert;

import java.util.Set;

/**
 * How a matrix is rounded to few bits.
 *
 * @param bits 4 or 8
 * @param blockSize weights of one row that share a scale: one of {@link #BLOCK_SIZES}
 * @param symmetric without zero points: the middle of the code range stands for 0
 * @param rule by which scales are found
 * @param scales type in which they are stored: that of the activations
 */
record Quantisation(int bits, int blockSize, boolean symmetric, ScaleRule rule, OnnxType scales) {

    /** What the kernels of ONNX Runtime take in all bits. */
    static final Set<Integer> BLOCK_SIZES = Set.of(32, 64, 128, 256);

    /** With scales that are stored as they are found. */
    Quantisation(int bits, int blockSize, boolean symmetric, ScaleRule rule) {
        this(bits, blockSize, symmetric, rule, OnnxType.FLOAT);
    }

    Quantisation {
        if (bits != 4 && bits != 8) {
            throw new IllegalArgumentException("weights of " + bits + " bits");
        }
        if (!BLOCK_SIZES.contains(blockSize)) {
            throw new IllegalArgumentException("block size " + blockSize + " is not 32, 64, 128 or 256");
        }
    }

    /** Whether scales are searched for; eight bits leave nothing to gain. */
    boolean searches() {
        return bits == 4 && rule == ScaleRule.LEAST_SQUARES;
    }

    /** The largest code. */
    int largestCode() {
        return (1 << bits) - 1;
    }

    /** The code that stands for 0 in a symmetric block. */
    int middle() {
        return 1 << (bits - 1);
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
