package dev.sharegpt4v.models.image;

/**
 * One more bit of a band of coefficients.
 *
 * <p>Coefficients that earlier scans wrote are told apart by the block's mask, so that runs are counted and bits handed out
 * for many coefficients at once.
 */
final class AcRefinedBlocks extends AcBlocks {

    /** Bits that are there after a refill. */
    private static final int FILLED = 56;

    /** By the scan: bits of the mask that it touches. */
    private final long band;

    AcRefinedBlocks(JpegBits bits, JpegCoefficients coefficients, HuffmanTable table, JpegScan scan) {
        super(bits, coefficients, table, scan);
        this.band = -1L << scan.first() & -1L >>> (63 - scan.last());
    }

    @Override
    void read(int part, int block) {
        long rest = band;
        if (emptyBlocks == 0) {
            rest = readNew(block);
        }
        if (emptyBlocks > 0) {
            correct(block, coefficients.masks()[block] & rest);
            emptyBlocks--;
        }
    }

    /** Until the block ends or begins a run of blocks without new coefficients; what of the band is left. */
    private long readNew(int block) {
        long rest = band;
        while (rest != 0) {
            int symbol = bits.symbol(table);
            int zeros = symbol >> 4;
            int value = 0;
            if ((symbol & 15) != 0) {
                value = bits.take(1) != 0 ? 1 << scan.low() : -1 << scan.low();
            } else if (zeros < 15) {
                emptyBlocks = (1 << zeros) + bits.take(zeros);
                return rest;
            }
            long written = coefficients.masks()[block];
            // The place after so many that were not written; none is 0, as damaged files have it.
            long place = Long.expand(1L << zeros, rest & ~written);
            long before = place == 0 ? rest : rest & place - 1;
            correct(block, written & before);
            rest &= ~before & ~place;
            if (value != 0) {
                coefficients.put(
                        block, place == 0 ? Math.min(scan.last() + 1, 63) : Long.numberOfTrailingZeros(place), value);
            }
        }
        return rest;
    }

    /** Takes a bit for each of the coefficients, in their order. */
    private void correct(int block, long which) {
        long left = which;
        while (left != 0) {
            int size = Long.bitCount(left);
            if (bits.count < size) {
                bits.refill();
            }
            int taken = Math.min(size, FILLED);
            long ones = Long.expand(Long.reverse(bits.bits), left);
            if (taken < size) {
                // More than there are bits: the others come in the next turn.
                long reached = Long.expand((1L << taken) - 1, left);
                ones &= reached;
                left &= ~reached;
            } else {
                left = 0;
            }
            bits.skip(taken);
            for (; ones != 0; ones &= ones - 1) {
                step(block * 64 + Long.numberOfTrailingZeros(ones));
            }
        }
    }

    private void step(int at) {
        short[] values = coefficients.values();
        int value = values[at];
        int step = 1 << scan.low();
        if (value != 0 && (value & step) == 0) {
            values[at] = (short) (value >= 0 ? value + step : value - step);
        }
    }
}
