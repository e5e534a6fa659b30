package dev.sharegpt4v.models.image;

/** How a scan of a band of coefficients reads one block: blocks without any are counted in advance. */
abstract sealed class AcBlocks extends JpegBlocks permits AcFirstBlocks, AcRefinedBlocks {

    final JpegBits bits;
    final JpegCoefficients coefficients;
    final HuffmanTable table;
    final JpegScan scan;

    /** Blocks that follow and hold nothing new. */
    int emptyBlocks;

    AcBlocks(JpegBits bits, JpegCoefficients coefficients, HuffmanTable table, JpegScan scan) {
        this.bits = bits;
        this.coefficients = coefficients;
        this.table = table;
        this.scan = scan;
    }

    @Override
    final void restart() {
        emptyBlocks = 0;
    }
}
