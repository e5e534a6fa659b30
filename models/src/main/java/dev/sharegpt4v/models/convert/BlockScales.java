package dev.sharegpt4v.models.convert;

/**
 * Scales and zero points of one row: {@code weight ≈ (code - zeroPoint) * scale}.
 *
 * @param scales one per block; 0 where all weights are 0
 * @param zeroPoints one code per block
 */
record BlockScales(float[] scales, byte[] zeroPoints) {

    BlockScales(int blocks) {
        this(new float[blocks], new byte[blocks]);
    }

    int blocks() {
        return scales.length;
    }

    /** The zero point of a block as a number. */
    int zeroPoint(int block) {
        return Byte.toUnsignedInt(zeroPoints[block]);
    }

    void set(int block, float scale, int zeroPoint) {
        scales[block] = scale;
        zeroPoints[block] = (byte) zeroPoint;
    }
}
