package dev.sharegpt4v.models.image;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The inverse cosine transform of many blocks at once: a lane of a vector is a block, so nothing is ever transposed.
 *
 * <p>Source: Loeffler, Ligtenberg and Moschytz in 13-bit fixed point, with the roundings of libjpeg's jidctint.c.
 */
final class JpegTransform {

    private static final int CONSTANT_BITS = 13;
    private static final int PASS_BITS = 2;

    private static final long FIRST_COLUMN = 0x0101010101010101L;
    private static final long RIGHT_HALF = 0xf0f0f0f0f0f0f0f0L;
    private static final long LOWER_HALF = 0xffffffff00000000L;

    private JpegTransform() {}

    /**
     * Turns the coefficients of a block in each lane to samples in 0..255.
     *
     * @param tile coefficients, [row, column, lanes]
     * @param present by 8 row + column, which are not zero in every lane; what no lane has is not worked on
     * @param samples takes the samples
     * @param at where row 0 and column 0 of them stand
     * @param down from a row to the next
     * @param across from a column to the next
     * @param lanes a multiple of a vector's length
     * @param work eight lines of lanes
     */
    static void run(int[] tile, long present, int[] samples, int at, int down, int across, int lanes, int[] work) {
        int shift = CONSTANT_BITS - PASS_BITS;
        int bias = 1 << (shift - 1);
        int step = 8 * lanes;
        boolean narrow = (present & RIGHT_HALF) == 0;
        for (int column = 0; column < (narrow ? 4 : 8); column++) {
            long rows = present >>> column & FIRST_COLUMN;
            if (rows == 0) {
                clear(samples, at + column * across, down, lanes);
                continue;
            }
            if ((rows & LOWER_HALF) == 0) {
                firstHalf(tile, column * lanes, step, lanes, bias, work);
            } else {
                evens(tile, column * lanes, step, lanes, bias, work);
                odds(tile, column * lanes, step, lanes, work);
            }
            // The columns' results have 16 bits; libjpeg-turbo's vectors cut off what damaged files make larger.
            combine(work, lanes, shift, Short.MIN_VALUE, Short.MAX_VALUE, samples, at + column * across, down);
        }
        shift = CONSTANT_BITS + PASS_BITS + 3;
        // Half of what is cut off, and 128, the middle of the samples.
        bias = (1 << (shift - 1)) + (128 << shift);
        for (int row = 0; row < 8; row++) {
            int from = at + row * down;
            if (narrow) {
                firstHalf(samples, from, across, lanes, bias, work);
            } else {
                evens(samples, from, across, lanes, bias, work);
                odds(samples, from, across, lanes, work);
            }
            combine(work, lanes, shift, 0, 255, samples, from, across);
        }
    }

    /** The same where no block has more than a mean. */
    static void runMeans(int[] tile, int[] samples, int at, int down, int across, int lanes) {
        for (int lane = 0; lane < lanes; lane += Lanes.LENGTH) {
            IntVector mean = Lanes.load(tile, lane);
            IntVector sample = mean.add(4)
                    .lanewise(VectorOperators.ASHR, 3)
                    .add(128)
                    .max(0)
                    .min(255);
            for (int row = 0; row < 8; row++) {
                for (int column = 0; column < 8; column++) {
                    Lanes.store(sample, samples, at + lane + row * down + column * across);
                }
            }
        }
    }

    // Three small methods: compiled as one they pass the compiler's limit, and vectors become objects.

    private static void evens(int[] tile, int from, int step, int lanes, int bias, int[] work) {
        for (int lane = 0; lane < lanes; lane += Lanes.LENGTH) {
            int at = from + lane;
            IntVector i2 = Lanes.load(tile, at + 2 * step);
            IntVector i6 = Lanes.load(tile, at + 6 * step);
            IntVector z1 = i2.add(i6).mul(4_433);
            IntVector even2 = z1.sub(i6.mul(15_137));
            IntVector even3 = z1.add(i2.mul(6_270));
            IntVector i0 = Lanes.load(tile, at);
            IntVector i4 = Lanes.load(tile, at + 4 * step);
            IntVector even0 =
                    i0.add(i4).lanewise(VectorOperators.LSHL, CONSTANT_BITS).add(bias);
            IntVector even1 =
                    i0.sub(i4).lanewise(VectorOperators.LSHL, CONSTANT_BITS).add(bias);
            Lanes.store(even0.add(even3), work, lane);
            Lanes.store(even1.add(even2), work, lanes + lane);
            Lanes.store(even1.sub(even2), work, 2 * lanes + lane);
            Lanes.store(even0.sub(even3), work, 3 * lanes + lane);
        }
    }

    private static void odds(int[] tile, int from, int step, int lanes, int[] work) {
        for (int lane = 0; lane < lanes; lane += Lanes.LENGTH) {
            int at = from + lane;
            IntVector i1 = Lanes.load(tile, at + step);
            IntVector i3 = Lanes.load(tile, at + 3 * step);
            IntVector i5 = Lanes.load(tile, at + 5 * step);
            IntVector i7 = Lanes.load(tile, at + 7 * step);
            IntVector z3 = i7.add(i3);
            IntVector z4 = i5.add(i1);
            IntVector z5 = z3.add(z4).mul(9_633);
            IntVector y1 = i7.add(i1).mul(7_373);
            IntVector y2 = i5.add(i3).mul(20_995);
            IntVector y3 = z5.sub(z3.mul(16_069));
            IntVector y4 = z5.sub(z4.mul(3_196));
            Lanes.store(i1.mul(12_299).sub(y1).add(y4), work, 4 * lanes + lane);
            Lanes.store(i3.mul(25_172).sub(y2).add(y3), work, 5 * lanes + lane);
            Lanes.store(i5.mul(16_819).sub(y2).add(y4), work, 6 * lanes + lane);
            Lanes.store(i7.mul(2_446).sub(y1).add(y3), work, 7 * lanes + lane);
        }
    }

    /** Evens and odds where only the first four are not zero: the same sums, with the constants added up. */
    private static void firstHalf(int[] tile, int from, int step, int lanes, int bias, int[] work) {
        for (int lane = 0; lane < lanes; lane += Lanes.LENGTH) {
            int at = from + lane;
            IntVector i0 = Lanes.load(tile, at);
            IntVector i1 = Lanes.load(tile, at + step);
            IntVector i2 = Lanes.load(tile, at + 2 * step);
            IntVector i3 = Lanes.load(tile, at + 3 * step);
            IntVector even = i0.lanewise(VectorOperators.LSHL, CONSTANT_BITS).add(bias);
            IntVector large = i2.mul(10_703);
            IntVector small = i2.mul(4_433);
            Lanes.store(even.add(large), work, lane);
            Lanes.store(even.add(small), work, lanes + lane);
            Lanes.store(even.sub(small), work, 2 * lanes + lane);
            Lanes.store(even.sub(large), work, 3 * lanes + lane);
            Lanes.store(i1.mul(11_363).add(i3.mul(9_633)), work, 4 * lanes + lane);
            Lanes.store(i1.mul(9_633).sub(i3.mul(2_259)), work, 5 * lanes + lane);
            Lanes.store(i1.mul(6_437).sub(i3.mul(11_362)), work, 6 * lanes + lane);
            Lanes.store(i1.mul(2_260).sub(i3.mul(6_436)), work, 7 * lanes + lane);
        }
    }

    /** Makes a tile zero again that holds coefficients of these kinds. */
    static void clear(int[] tile, long present, int lanes) {
        IntVector zero = IntVector.zero(Lanes.SPECIES);
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int line = Long.numberOfTrailingZeros(rest) * lanes;
            for (int lane = 0; lane < lanes; lane += Lanes.LENGTH) {
                Lanes.store(zero, tile, line + lane);
            }
        }
    }

    private static void clear(int[] samples, int from, int step, int lanes) {
        IntVector zero = IntVector.zero(Lanes.SPECIES);
        for (int row = 0; row < 8; row++) {
            for (int lane = 0; lane < lanes; lane += Lanes.LENGTH) {
                Lanes.store(zero, samples, from + row * step + lane);
            }
        }
    }

    private static void combine(int[] work, int lanes, int shift, int low, int high, int[] tile, int to, int step) {
        for (int pair = 0; pair < 4; pair++) {
            int first = to + pair * step;
            int last = to + (7 - pair) * step;
            for (int lane = 0; lane < lanes; lane += Lanes.LENGTH) {
                IntVector even = Lanes.load(work, pair * lanes + lane);
                IntVector odd = Lanes.load(work, (4 + pair) * lanes + lane);
                IntVector sum = even.add(odd).lanewise(VectorOperators.ASHR, shift);
                IntVector difference = even.sub(odd).lanewise(VectorOperators.ASHR, shift);
                Lanes.store(sum.max(low).min(high), tile, first + lane);
                Lanes.store(difference.max(low).min(high), tile, last + lane);
            }
        }
    }
}
