package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.ModelShape;

/**
 * Where one head's keys and values of one block stand: in panels, matrices {@link #PANEL} wide whose rows follow each other.
 *
 * <p>Keys: [block size / PANEL][channel][PANEL tokens]. Values: [channels / PANEL][token][PANEL channels]. Both products of
 * attention are then sums of a panel's rows with weights, which need no adding across lanes and read memory in one run.
 * Behind the panels stands a tail: with {@link KvFormat#INT8} a float scale for each token, with {@link KvFormat#FP16} one
 * float behind the keys that is no number when a token of the block was not.
 *
 * @param format of an element
 * @param blockSize tokens
 * @param headSize channels
 */
record KvLayout(KvFormat format, int blockSize, int headSize) {

    /** Elements in a row of a panel: four vectors of floats. */
    static final int PANEL = 4 * PagedAttentionKernel.SPECIES.length();

    private static final int LINE = 64;

    /** Tokens that the panels of keys have room for. */
    int paddedTokens() {
        return padded(blockSize);
    }

    /** Channels that the panels of values have room for. */
    int paddedChannels() {
        return padded(headSize);
    }

    /** Bytes of a panel of so many rows. */
    long panel(int rows) {
        return (long) rows * PANEL * format.bytes();
    }

    /** Where the tail begins behind the panels of keys. */
    long keyTail() {
        return (long) paddedTokens() * headSize * format.bytes();
    }

    /** Where the tail begins behind the panels of values. */
    long valueTail() {
        return (long) paddedChannels() * blockSize * format.bytes();
    }

    /** Bytes of one head's keys of a block: whole lines of the caches. */
    long keyBytes() {
        return lines(keyTail()
                + switch (format) {
                    case FP32 -> 0;
                    case FP16 -> Float.BYTES;
                    case INT8 -> (long) paddedTokens() * Float.BYTES;
                });
    }

    /** Bytes of one head's values of a block. */
    long valueBytes() {
        return lines(valueTail() + (format == KvFormat.INT8 ? (long) paddedTokens() * Float.BYTES : 0));
    }

    /** Bytes that a block takes over all layers and heads. */
    long blockBytes(ModelShape shape) {
        return Math.multiplyExact(keyBytes() + valueBytes(), (long) shape.layers() * shape.kvHeads());
    }

    private static int padded(int count) {
        return Math.ceilDiv(count, PANEL) * PANEL;
    }

    private static long lines(long bytes) {
        return Math.ceilDiv(bytes, LINE) * LINE;
    }
}
