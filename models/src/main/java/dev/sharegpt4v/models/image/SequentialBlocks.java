package dev.sharegpt4v.models.image;

import java.util.Arrays;

/** All coefficients of a block at once; those that are not zero are stored one behind the other, as they come. */
final class SequentialBlocks extends JpegBlocks {

    private final JpegBits bits;
    private final JpegCoefficients coefficients;
    private final HuffmanTable[] dc;
    private final HuffmanTable[] ac;
    private final int[] predictions;
    private final boolean packed;

    /** Where the next coefficient is stored. */
    private int next;

    /**
     * A scan's blocks.
     *
     * @param packed whether each block's coefficients stand right behind the last one's: only where no other scan's do
     */
    SequentialBlocks(
            JpegBits bits, JpegCoefficients coefficients, HuffmanTable[] dc, HuffmanTable[] ac, boolean packed) {
        this.bits = bits;
        this.coefficients = coefficients;
        this.dc = dc;
        this.ac = ac;
        this.predictions = new int[dc.length];
        this.packed = packed;
    }

    @Override
    void restart() {
        Arrays.fill(predictions, 0);
    }

    @Override
    void read(int part, int block) {
        int start = packed ? next : block * 64;
        coefficients.starts()[block] = start;
        coefficients.masks()[block] = values(dc[part], ac[part], part, start);
    }

    private long values(HuffmanTable means, HuffmanTable table, int part, int start) {
        JpegBits source = bits;
        byte[] bytes = source.bytes;
        short[] values = coefficients.values();
        long buffer = source.bits;
        int count = source.count;
        int at = source.at;
        if (count < 32) {
            buffer |= (long) JpegBits.LONGS.get(bytes, at) >>> count;
            at += 63 - count >> 3;
            count |= 56;
        }
        int code = means.code((int) (buffer >>> 48));
        int length = code & 15;
        buffer <<= code >> 8;
        int mean =
                Math.addExact(predictions[part], HuffmanTable.extend((int) (buffer >>> 1 >>> (63 - length)), length));
        buffer <<= length;
        count -= (code >> 8) + length;
        predictions[part] = mean;
        values[start] = (short) mean;
        int[] fast = table.fast;
        long mask = 1;
        int to = start + 1;
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
                int found = table.code((int) (buffer >>> 48));
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
                values[to++] = (short) value;
                mask |= 1L << Math.min(k, 63);
                k++;
            }
        }
        source.bits = buffer;
        source.count = count;
        source.at = at;
        next = to;
        return mask;
    }
}
