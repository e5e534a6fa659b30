package dev.sharegpt4v.models.convert;

/**
 * Rounds rows of weights block by block, by the scheme of ONNX Runtime's {@code MatMulNBits}.
 *
 * <p>By {@link ScaleRule#EXTREMES}, an asymmetric block spans its smallest to its largest weight, 0 included; a symmetric
 * one gives its largest magnitude the outermost code. {@link ScaleRule#LEAST_SQUARES} searches, in 4 bits; in 8 bits there
 * is nothing to gain. Used by one thread.
 */
final class BlockQuantiser {

    /** Blocks that span less are zeros: the inverse of their scale would be no number. */
    private static final float TINY = 1e-35f;

    private final Quantisation quantisation;
    private final int columns;
    private final byte[] codes;
    private final ScaleSearch search;

    BlockQuantiser(Quantisation quantisation, int columns) {
        this.quantisation = quantisation;
        this.columns = columns;
        this.codes = new byte[quantisation.blocks(columns) * quantisation.blockSize()];
        this.search = new ScaleSearch(quantisation.blockSize());
    }

    /** Finds the scale and the zero point of every block of a row; scales are such as their type holds. */
    BlockScales measure(float[] row) {
        BlockScales found = new BlockScales(quantisation.blocks(columns));
        for (int block = 0; block < found.blocks(); block++) {
            int start = block * quantisation.blockSize();
            int end = Math.min(start + quantisation.blockSize(), columns);
            float smallest = 0;
            float largest = 0;
            for (int column = start; column < end; column++) {
                smallest = Math.min(smallest, row[column]);
                largest = Math.max(largest, row[column]);
            }
            if (largest - smallest < TINY) {
                found.set(block, 0, quantisation.symmetric() ? quantisation.middle() : 0);
            } else if (quantisation.searches()) {
                search(row, start, end, smallest, largest);
                found.set(block, stored(search.scale()), search.zeroPoint());
            } else if (quantisation.symmetric()) {
                // The codes reach one step further below the middle than above it: the outermost weight is put there.
                float outermost = largest > -smallest ? largest : smallest;
                found.set(block, stored(outermost / -quantisation.middle()), quantisation.middle());
            } else {
                float scale = (largest - smallest) / quantisation.largestCode();
                found.set(block, stored(scale), Math.round(-smallest / scale));
            }
        }
        return found;
    }

    /**
     * Rounds a row.
     *
     * @return one code per weight, padded to whole blocks with codes that stand for 0; valid until the next call
     */
    byte[] round(float[] row, BlockScales scales) {
        int largestCode = quantisation.largestCode();
        for (int block = 0; block < scales.blocks(); block++) {
            int start = block * quantisation.blockSize();
            int end = Math.min(start + quantisation.blockSize(), columns);
            float scale = scales.scales()[block];
            float inverse = scale == 0 ? 0 : 1 / scale;
            float shift = scales.zeroPoint(block) + 0.5f;
            for (int column = start; column < end; column++) {
                int code = (int) (row[column] * inverse + shift);
                codes[column] = (byte) Math.clamp(code, 0, largestCode);
            }
            for (int column = end; column < start + quantisation.blockSize(); column++) {
                codes[column] = scales.zeroPoints()[block];
            }
        }
        return codes;
    }

    /** Codes are chosen for the scale that a reader will find. */
    private float stored(float scale) {
        return quantisation.scales().round(scale);
    }

    private void search(float[] row, int start, int end, float smallest, float largest) {
        if (quantisation.symmetric()) {
            search.runSymmetric(row, start, end, Math.max(largest, -smallest));
        } else {
            search.run(row, start, end, smallest, largest);
        }
    }
}
