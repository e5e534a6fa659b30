package dev.sharegpt4v.models.image;

/** The upper bits of a block's mean. */
final class DcFirstBlocks extends JpegBlocks {

    private final JpegCoefficients coefficients;
    private final DcMeans means;
    private final int low;

    DcFirstBlocks(JpegBits bits, JpegCoefficients coefficients, HuffmanTable[] tables, int low) {
        this.coefficients = coefficients;
        this.means = new DcMeans(bits, tables);
        this.low = low;
    }

    @Override
    void restart() {
        means.restart();
    }

    @Override
    void read(int part, int block) {
        coefficients.put(block, 0, means.next(part) << low);
    }
}
