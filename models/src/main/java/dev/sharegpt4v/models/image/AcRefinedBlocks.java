package dev.sharegpt4v.models.image;

/** One more bit of a band of coefficients. */
final class AcRefinedBlocks extends AcBlocks {

    AcRefinedBlocks(JpegBits bits, JpegCoefficients coefficients, HuffmanTable table, JpegScan scan) {
        super(bits, coefficients, table, scan);
    }

    @Override
    void read(int part, int block) {
        int k = scan.first();
        if (emptyBlocks == 0) {
            k = readNew(block, k);
        }
        if (emptyBlocks > 0) {
            long rest = coefficients.masks()[block] & -1L << k & -1L >>> (63 - scan.last());
            for (; rest != 0; rest &= rest - 1) {
                correct(block, Long.numberOfTrailingZeros(rest));
            }
            emptyBlocks--;
        }
    }

    /** Until the block ends or begins a run of blocks without new coefficients; where it stopped. */
    private int readNew(int block, int from) {
        int k = from;
        while (k <= scan.last()) {
            int symbol = bits.symbol(table);
            int zeros = symbol >> 4;
            int value = 0;
            if ((symbol & 15) != 0) {
                value = bits.take(1) != 0 ? 1 << scan.low() : -1 << scan.low();
            } else if (zeros < 15) {
                emptyBlocks = (1 << zeros) + bits.take(zeros);
                return k;
            }
            while (k <= scan.last()) {
                if ((coefficients.masks()[block] >>> k & 1) != 0) {
                    correct(block, k);
                } else if (--zeros < 0) {
                    break;
                }
                k++;
            }
            if (value != 0) {
                coefficients.put(block, Math.min(k, 63), value);
            }
            k++;
        }
        return k;
    }

    private void correct(int block, int k) {
        if (bits.take(1) == 0) {
            return;
        }
        int value = coefficients.values()[block * 64 + k];
        int step = 1 << scan.low();
        if (value != 0 && (value & step) == 0) {
            coefficients.values()[block * 64 + k] = (short) (value >= 0 ? value + step : value - step);
        }
    }
}
