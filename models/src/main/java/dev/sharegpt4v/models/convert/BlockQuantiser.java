package dev.sharegpt4v.models.convert;

/**
 * Rounds rows of weights block by block: {@code weight ≈ (code - zeroPoint) * scale}.
 *
 * <p>The scheme is that of ONNX Runtime's {@code MatMulNBits}. An asymmetric block spans its smallest to its largest
 * weight, 0 included; a symmetric one gives its largest magnitude the outermost code. Holds the result of the latest row.
 */
final class BlockQuantiser {

    private final Quantisation quantisation;
    private final int columns;
    private final byte[] codes;
    private final float[] scales;
    private final int[] zeroPoints;

    BlockQuantiser(Quantisation quantisation, int columns) {
        this.quantisation = quantisation;
        this.columns = columns;
        int blocks = quantisation.blocks(columns);
        this.codes = new byte[blocks * quantisation.blockSize()];
        this.scales = new float[blocks];
        this.zeroPoints = new int[blocks];
    }

    /** One code per weight, padded to whole blocks with codes that stand for 0. */
    byte[] codes() {
        return codes;
    }

    /** One scale per block. */
    float[] scales() {
        return scales;
    }

    /** One zero point per block. */
    int[] zeroPoints() {
        return zeroPoints;
    }

    /** Finds the scale and the zero point of every block of a row. */
    void measure(float[] row) {
        for (int block = 0; block < scales.length; block++) {
            int start = block * quantisation.blockSize();
            int end = Math.min(start + quantisation.blockSize(), columns);
            float smallest = 0;
            float largest = 0;
            for (int column = start; column < end; column++) {
                smallest = Math.min(smallest, row[column]);
                largest = Math.max(largest, row[column]);
            }
            if (quantisation.symmetric()) {
                measureSymmetric(block, smallest, largest);
            } else {
                measureAsymmetric(block, smallest, largest);
            }
        }
    }

    /** Measures a row and rounds it. */
    void quantise(float[] row) {
        measure(row);
        int largestCode = quantisation.largestCode();
        for (int block = 0; block < scales.length; block++) {
            int start = block * quantisation.blockSize();
            int end = Math.min(start + quantisation.blockSize(), columns);
            float inverse = scales[block] == 0 ? 0 : 1 / scales[block];
            float shift = zeroPoints[block] + 0.5f;
            for (int column = start; column < end; column++) {
                int code = (int) (row[column] * inverse + shift);
                codes[column] = (byte) Math.clamp(code, 0, largestCode);
            }
            for (int column = end; column < start + quantisation.blockSize(); column++) {
                codes[column] = (byte) zeroPoints[block];
            }
        }
    }

    private void measureSymmetric(int block, float smallest, float largest) {
        int middle = (quantisation.largestCode() + 1) / 2;
        // The codes reach one step further below the middle than above it, so the outermost weight is put there.
        scales[block] = (largest > -smallest ? largest : smallest) / -middle;
        zeroPoints[block] = middle;
    }

    private void measureAsymmetric(int block, float smallest, float largest) {
        float scale = (largest - smallest) / quantisation.largestCode();
        scales[block] = scale;
        zeroPoints[block] = scale == 0 ? 0 : Math.round(-smallest / scale);
    }
}
