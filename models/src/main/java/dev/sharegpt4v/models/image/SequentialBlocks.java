package dev.sharegpt4v.models.image;

/** All coefficients of a block at once. */
final class SequentialBlocks extends JpegBlocks {

    private final JpegBits bits;
    private final JpegCoefficients coefficients;
    private final HuffmanTable[] ac;
    private final DcMeans means;

    SequentialBlocks(JpegBits bits, JpegCoefficients coefficients, HuffmanTable[] dc, HuffmanTable[] ac) {
        this.bits = bits;
        this.coefficients = coefficients;
        this.ac = ac;
        this.means = new DcMeans(bits, dc);
    }

    @Override
    void restart() {
        means.restart();
    }

    @Override
    void read(int part, int block) {
        int mean = means.next(part);
        int base = block * 64;
        short[] values = coefficients.values();
        values[base] = (short) mean;
        coefficients.masks()[block] = 1 | alternating(ac[part], values, base);
    }

    private long alternating(HuffmanTable table, short[] values, int base) {
        JpegBits source = bits;
        byte[] bytes = source.bytes;
        long buffer = source.bits;
        int count = source.count;
        int at = source.at;
        int[] fast = table.fast;
        long mask = 0;
        int k = 1;
        while (k < 64) {
            if (count < 32) {
                buffer |= (long) JpegBits.LONGS.get(bytes, at) >>> count;
                at += 63 - count >> 3;
                count |= 56;
            }
            int entry = fast[(int) (buffer >>> (64 - HuffmanTable.LOOK))];
            int value;
            if (entry != 0) {
                buffer <<= entry;
                count -= entry & 0xff;
                k += entry >> 8 & 0xff;
                value = entry >> 16;
            } else {
                int found = table.slow((int) (buffer >>> 48));
                int size = found & 15;
                buffer <<= found >> 8;
                int run = found >> 4 & 15;
                if (size == 0) {
                    k += run == 15 ? 16 : 64;
                    value = 0;
                } else {
                    value = HuffmanTable.extend((int) (buffer >>> (64 - size)), size);
                    k += run;
                }
                buffer <<= size;
                count -= (found >> 8) + size;
            }
            if (value != 0) {
                int place = Math.min(k, 63);
                values[base + place] = (short) value;
                mask |= 1L << place;
                k++;
            }
        }
        source.bits = buffer;
        source.count = count;
        source.at = at;
        return mask;
    }
}
