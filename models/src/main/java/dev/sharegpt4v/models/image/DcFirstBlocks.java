package dev.sharegpt4v.models.image;

import java.util.Arrays;

/** The upper bits of a block's mean. */
final class DcFirstBlocks extends JpegBlocks {

    private final JpegBits bits;
    private final JpegCoefficients coefficients;
    private final HuffmanTable[] tables;
    private final int[] predictions;
    private final int low;

    DcFirstBlocks(JpegBits bits, JpegCoefficients coefficients, HuffmanTable[] tables, int low) {
        this.bits = bits;
        this.coefficients = coefficients;
        this.tables = tables;
        this.predictions = new int[tables.length];
        this.low = low;
    }

    @Override
    void restart() {
        Arrays.fill(predictions, 0);
    }

    @Override
    void read(int part, int block) {
        int size = bits.symbol(tables[part]) & 15;
        predictions[part] = Math.addExact(predictions[part], HuffmanTable.extend(bits.take(size), size));
        coefficients.put(block, 0, predictions[part] << low);
    }
}
