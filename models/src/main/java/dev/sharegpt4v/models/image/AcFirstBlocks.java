package dev.sharegpt4v.models.image;

/** The upper bits of a band of coefficients. */
final class AcFirstBlocks extends AcBlocks {

    AcFirstBlocks(JpegBits bits, JpegCoefficients coefficients, HuffmanTable table, JpegScan scan) {
        super(bits, coefficients, table, scan);
    }

    @Override
    void read(int part, int block) {
        if (emptyBlocks > 0) {
            emptyBlocks--;
            return;
        }
        short[] values = coefficients.values();
        int base = block * 64;
        long mask = 0;
        int k = scan.first();
        while (k <= scan.last()) {
            if (bits.count < 32) {
                bits.refill();
            }
            int entry = table.fast[(int) (bits.bits >>> (64 - HuffmanTable.LOOK))];
            int value = entry >> 16;
            if (value != 0) {
                bits.bits <<= entry;
                bits.count -= entry & 0xff;
                k += entry >> 8 & 0xff;
            } else {
                int symbol = bits.symbol(table);
                int run = symbol >> 4;
                int size = symbol & 15;
                if (size == 0) {
                    if (run < 15) {
                        emptyBlocks = (1 << run) + bits.take(run) - 1;
                        break;
                    }
                    k += 16;
                    continue;
                }
                k += run;
                value = HuffmanTable.extend(bits.take(size), size);
            }
            int place = Math.min(k, 63);
            values[base + place] = (short) (value << scan.low());
            mask |= 1L << place;
            k++;
        }
        coefficients.masks()[block] |= mask;
    }
}
