package dev.sharegpt4v.models.image;

/** One more bit of a block's mean. */
final class DcRefinedBlocks extends JpegBlocks {

    private final JpegBits bits;
    private final JpegCoefficients coefficients;
    private final int low;

    DcRefinedBlocks(JpegBits bits, JpegCoefficients coefficients, int low) {
        this.bits = bits;
        this.coefficients = coefficients;
        this.low = low;
    }

    @Override
    void restart() {}

    @Override
    void read(int part, int block) {
        if (bits.take(1) != 0) {
            coefficients.put(block, 0, coefficients.get(block, 0) | 1 << low);
        }
    }
}
