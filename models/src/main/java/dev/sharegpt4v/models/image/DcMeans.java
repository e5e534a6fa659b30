package dev.sharegpt4v.models.image;

import java.util.Arrays;

/** The means of blocks, each stored as the difference to that of the block before it in the same part of the scan. */
final class DcMeans {

    private final JpegBits bits;
    private final HuffmanTable[] tables;
    private final int[] predictions;

    DcMeans(JpegBits bits, HuffmanTable[] tables) {
        this.bits = bits;
        this.tables = tables;
        this.predictions = new int[tables.length];
    }

    void restart() {
        Arrays.fill(predictions, 0);
    }

    /** Reads the mean of a part's next block. */
    int next(int part) {
        int size = bits.symbol(tables[part]) & 15;
        predictions[part] = Math.addExact(predictions[part], HuffmanTable.extend(bits.take(size), size));
        return predictions[part];
    }
}
