package dev.sharegpt4v.models.image;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inverse cosine transform of many blocks at once: a lane of a vector is a block, so nothing is ever transposed.
 *
 * <p>Source: Loeffler, Ligtenberg and Moschytz in 13-bit fixed point, with the roundings of libjpeg's jidctint.c.
 */
final class JpegTransform {

    private static final VectorSpecies<Integer> SPECIES = IntVector.SPECIES_PREFERRED;
    private static final int CONSTANT_BITS = 13;
    private static final int PASS_BITS = 2;

    private JpegTransform() {}

    /**
     * Turns the coefficients of a block in each lane to samples in 0..255, in place.
     *
     * @param at where row 0 and column 0 stand
     * @param down from a row to the next
     * @param across from a column to the next
     * @param lanes a multiple of a vector's length
     */
    static void run(int[] tile, int at, int down, int across, int lanes) {
        for (int column = 0; column < 8; column++) {
            for (int lane = 0; lane < lanes; lane += SPECIES.length()) {
                columns(tile, at + column * across + lane, down);
            }
        }
        for (int row = 0; row < 8; row++) {
            for (int lane = 0; lane < lanes; lane += SPECIES.length()) {
                rows(tile, at + row * down + lane, across);
            }
        }
    }

    /** The same where no block has more than a mean. */
    static void runMeans(int[] tile, int at, int down, int across, int lanes) {
        for (int lane = at; lane < at + lanes; lane += SPECIES.length()) {
            IntVector mean = IntVector.fromArray(SPECIES, tile, lane);
            IntVector sample = mean.add(4)
                    .lanewise(VectorOperators.ASHR, 3)
                    .add(128)
                    .max(0)
                    .min(255);
            for (int row = 0; row < 8; row++) {
                for (int column = 0; column < 8; column++) {
                    sample.intoArray(tile, lane + row * down + column * across);
                }
            }
        }
    }

    private static void columns(int[] tile, int at, int step) {
        IntVector i0 = IntVector.fromArray(SPECIES, tile, at);
        IntVector i1 = IntVector.fromArray(SPECIES, tile, at + step);
        IntVector i2 = IntVector.fromArray(SPECIES, tile, at + 2 * step);
        IntVector i3 = IntVector.fromArray(SPECIES, tile, at + 3 * step);
        IntVector i4 = IntVector.fromArray(SPECIES, tile, at + 4 * step);
        IntVector i5 = IntVector.fromArray(SPECIES, tile, at + 5 * step);
        IntVector i6 = IntVector.fromArray(SPECIES, tile, at + 6 * step);
        IntVector i7 = IntVector.fromArray(SPECIES, tile, at + 7 * step);

        int shift = CONSTANT_BITS - PASS_BITS;
        IntVector z1 = i2.add(i6).mul(4_433);
        IntVector even2 = z1.sub(i6.mul(15_137));
        IntVector even3 = z1.add(i2.mul(6_270));
        IntVector even0 =
                i0.add(i4).lanewise(VectorOperators.LSHL, CONSTANT_BITS).add(1 << (shift - 1));
        IntVector even1 =
                i0.sub(i4).lanewise(VectorOperators.LSHL, CONSTANT_BITS).add(1 << (shift - 1));
        IntVector t10 = even0.add(even3);
        IntVector t13 = even0.sub(even3);
        IntVector t11 = even1.add(even2);
        IntVector t12 = even1.sub(even2);

        IntVector z3 = i7.add(i3);
        IntVector z4 = i5.add(i1);
        IntVector z5 = z3.add(z4).mul(9_633);
        IntVector y1 = i7.add(i1).mul(7_373);
        IntVector y2 = i5.add(i3).mul(20_995);
        IntVector y3 = z5.sub(z3.mul(16_069));
        IntVector y4 = z5.sub(z4.mul(3_196));
        IntVector odd0 = i7.mul(2_446).sub(y1).add(y3);
        IntVector odd1 = i5.mul(16_819).sub(y2).add(y4);
        IntVector odd2 = i3.mul(25_172).sub(y2).add(y3);
        IntVector odd3 = i1.mul(12_299).sub(y1).add(y4);

        t10.add(odd3).lanewise(VectorOperators.ASHR, shift).intoArray(tile, at);
        t11.add(odd2).lanewise(VectorOperators.ASHR, shift).intoArray(tile, at + step);
        t12.add(odd1).lanewise(VectorOperators.ASHR, shift).intoArray(tile, at + 2 * step);
        t13.add(odd0).lanewise(VectorOperators.ASHR, shift).intoArray(tile, at + 3 * step);
        t13.sub(odd0).lanewise(VectorOperators.ASHR, shift).intoArray(tile, at + 4 * step);
        t12.sub(odd1).lanewise(VectorOperators.ASHR, shift).intoArray(tile, at + 5 * step);
        t11.sub(odd2).lanewise(VectorOperators.ASHR, shift).intoArray(tile, at + 6 * step);
        t10.sub(odd3).lanewise(VectorOperators.ASHR, shift).intoArray(tile, at + 7 * step);
    }

    private static void rows(int[] tile, int at, int step) {
        IntVector i0 = IntVector.fromArray(SPECIES, tile, at);
        IntVector i1 = IntVector.fromArray(SPECIES, tile, at + step);
        IntVector i2 = IntVector.fromArray(SPECIES, tile, at + 2 * step);
        IntVector i3 = IntVector.fromArray(SPECIES, tile, at + 3 * step);
        IntVector i4 = IntVector.fromArray(SPECIES, tile, at + 4 * step);
        IntVector i5 = IntVector.fromArray(SPECIES, tile, at + 5 * step);
        IntVector i6 = IntVector.fromArray(SPECIES, tile, at + 6 * step);
        IntVector i7 = IntVector.fromArray(SPECIES, tile, at + 7 * step);

        // Half of what is cut off, and 128, the middle of the samples.
        int shift = CONSTANT_BITS + PASS_BITS + 3;
        int middle = (1 << (shift - 1)) + (128 << shift);
        IntVector z1 = i2.add(i6).mul(4_433);
        IntVector even2 = z1.sub(i6.mul(15_137));
        IntVector even3 = z1.add(i2.mul(6_270));
        IntVector even0 =
                i0.add(i4).lanewise(VectorOperators.LSHL, CONSTANT_BITS).add(middle);
        IntVector even1 =
                i0.sub(i4).lanewise(VectorOperators.LSHL, CONSTANT_BITS).add(middle);
        IntVector t10 = even0.add(even3);
        IntVector t13 = even0.sub(even3);
        IntVector t11 = even1.add(even2);
        IntVector t12 = even1.sub(even2);

        IntVector z3 = i7.add(i3);
        IntVector z4 = i5.add(i1);
        IntVector z5 = z3.add(z4).mul(9_633);
        IntVector y1 = i7.add(i1).mul(7_373);
        IntVector y2 = i5.add(i3).mul(20_995);
        IntVector y3 = z5.sub(z3.mul(16_069));
        IntVector y4 = z5.sub(z4.mul(3_196));
        IntVector odd0 = i7.mul(2_446).sub(y1).add(y3);
        IntVector odd1 = i5.mul(16_819).sub(y2).add(y4);
        IntVector odd2 = i3.mul(25_172).sub(y2).add(y3);
        IntVector odd3 = i1.mul(12_299).sub(y1).add(y4);

        put(t10.add(odd3), shift, tile, at);
        put(t11.add(odd2), shift, tile, at + step);
        put(t12.add(odd1), shift, tile, at + 2 * step);
        put(t13.add(odd0), shift, tile, at + 3 * step);
        put(t13.sub(odd0), shift, tile, at + 4 * step);
        put(t12.sub(odd1), shift, tile, at + 5 * step);
        put(t11.sub(odd2), shift, tile, at + 6 * step);
        put(t10.sub(odd3), shift, tile, at + 7 * step);
    }

    private static void put(IntVector sum, int shift, int[] tile, int at) {
        sum.lanewise(VectorOperators.ASHR, shift).max(0).min(255).intoArray(tile, at);
    }
}
