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
        long mask = band(coefficients.values(), block * 64);
        if (mask != 0) {
            coefficients.masks()[block] |= mask;
        }
    }

    private long band(short[] values, int base) {
        JpegBits source = bits;
        byte[] bytes = source.bytes;
        long buffer = source.bits;
        int count = source.count;
        int at = source.at;
        int[] fast = table.fast;
        int last = scan.last();
        int low = scan.low();
        long mask = 0;
        int k = scan.first();
        while (k <= last) {
            if (count < 32) {
                buffer |= (long) JpegBits.LONGS.get(bytes, at) >>> count;
                at += 63 - count >> 3;
                count |= 56;
            }
            int entry = fast[(int) (buffer >>> (64 - HuffmanTable.LOOK))];
            int value = entry >> 16;
            if (value != 0) {
                buffer <<= entry;
                count -= entry & 0xff;
                k += entry >> 8 & 0xff;
            } else {
                int found = table.code((int) (buffer >>> 48));
                buffer <<= found >> 8;
                int run = found >> 4 & 15;
                int size = found & 15;
                if (size == 0 && run == 15) {
                    count -= found >> 8;
                    k += 16;
                    continue;
                }
                // The end of the block takes as many bits as its run has, a value as many as its size.
                int taken = size == 0 ? run : size;
                int number = (int) (buffer >>> 1 >>> (63 - taken));
                buffer <<= taken;
                count -= (found >> 8) + taken;
                if (size == 0) {
                    emptyBlocks = (1 << run) + number - 1;
                    break;
                }
                k += run;
                value = HuffmanTable.extend(number, size);
            }
            int place = Math.min(k, 63);
            values[base + place] = (short) (value << low);
            mask |= 1L << place;
            k++;
        }
        source.bits = buffer;
        source.count = count;
        source.at = at;
        return mask;
    }
}
