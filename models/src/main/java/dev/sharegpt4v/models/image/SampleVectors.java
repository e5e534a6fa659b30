package dev.sharegpt4v.models.image;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * libjpeg's smoothing of chroma and its conversion of colours, on stretches of samples.
 *
 * <p>Source: libjpeg-turbo's jdsample.c and jdcolor.c; Adobe's technical note 5116 for CMYK; Pillow takes all CMYK for
 * Adobe's, which is inverted. Lengths are multiples of a vector's.
 */
final class SampleVectors {

    private static final VectorSpecies<Integer> SPECIES = IntVector.SPECIES_PREFERRED;

    private SampleVectors() {}

    /** Three times the near sample and once the far one. */
    static void sum(int[] samples, int near, int far, int to, int length) {
        for (int i = 0; i < length; i += SPECIES.length()) {
            three(load(samples, near + i), load(samples, far + i)).intoArray(samples, to + i);
        }
    }

    /** (3 near + far + bias) ›› shift. */
    static void smooth(int[] samples, int near, int far, int[] bias, int shift, int[] target, int to, int length) {
        for (int i = 0; i < length; i += SPECIES.length()) {
            three(load(samples, near + i), load(samples, far + i))
                    .add(load(bias, i))
                    .lanewise(VectorOperators.ASHR, shift)
                    .intoArray(target, to + i);
        }
    }

    /** (sum + bias) ›› 2. */
    static void quarter(int[] sums, int from, int[] bias, int[] target, int to, int length) {
        for (int i = 0; i < length; i += SPECIES.length()) {
            load(sums, from + i)
                    .add(load(bias, i))
                    .lanewise(VectorOperators.ASHR, 2)
                    .intoArray(target, to + i);
        }
    }

    static void gray(int[] light, int at, int[] pixels, int to, int length) {
        for (int i = 0; i < length; i += SPECIES.length()) {
            load(light, at + i).mul(0x10101).intoArray(pixels, to + i);
        }
    }

    static void rgb(int[][] planes, int[] at, int[] pixels, int to, int length) {
        for (int i = 0; i < length; i += SPECIES.length()) {
            pack(load(planes[0], at[0] + i), load(planes[1], at[1] + i), load(planes[2], at[2] + i))
                    .intoArray(pixels, to + i);
        }
    }

    static void ycc(int[][] planes, int[] at, int[] pixels, int to, int length) {
        int[] luma = planes[0];
        int[] blues = planes[1];
        int[] reds = planes[2];
        int lumaAt = at[0];
        int blueAt = at[1];
        int redAt = at[2];
        for (int i = 0; i < length; i += SPECIES.length()) {
            IntVector y = load(luma, lumaAt + i);
            IntVector cb = load(blues, blueAt + i).sub(128);
            IntVector cr = load(reds, redAt + i).sub(128);
            pack(red(y, cr), green(y, cb, cr), blue(y, cb)).intoArray(pixels, to + i);
        }
    }

    /** Stored inks are light already: what is stored is 255 less the ink. */
    static void cmyk(int[][] planes, int[] at, int[] pixels, int to, int length) {
        for (int i = 0; i < length; i += SPECIES.length()) {
            IntVector black = load(planes[3], at[3] + i);
            pack(
                            under(load(planes[0], at[0] + i), black),
                            under(load(planes[1], at[1] + i), black),
                            under(load(planes[2], at[2] + i), black))
                    .intoArray(pixels, to + i);
        }
    }

    static void ycck(int[][] planes, int[] at, int[] pixels, int to, int length) {
        IntVector full = IntVector.broadcast(SPECIES, 255);
        for (int i = 0; i < length; i += SPECIES.length()) {
            IntVector y = load(planes[0], at[0] + i);
            IntVector cb = load(planes[1], at[1] + i).sub(128);
            IntVector cr = load(planes[2], at[2] + i).sub(128);
            IntVector black = load(planes[3], at[3] + i);
            pack(
                            under(full.sub(red(y, cr)), black),
                            under(full.sub(green(y, cb, cr)), black),
                            under(full.sub(blue(y, cb)), black))
                    .intoArray(pixels, to + i);
        }
    }

    private static IntVector red(IntVector y, IntVector cr) {
        return clip(y.add(cr.mul(91_881).add(32_768).lanewise(VectorOperators.ASHR, 16)));
    }

    private static IntVector green(IntVector y, IntVector cb, IntVector cr) {
        IntVector sum = cb.mul(-22_554).sub(cr.mul(46_802)).add(32_768);
        return clip(y.add(sum.lanewise(VectorOperators.ASHR, 16)));
    }

    private static IntVector blue(IntVector y, IntVector cb) {
        return clip(y.add(cb.mul(116_130).add(32_768).lanewise(VectorOperators.ASHR, 16)));
    }

    /** Light of an ink under black: black - (255 - light) · black / 255, rounded as Pillow's MULDIV255 does. */
    private static IntVector under(IntVector light, IntVector black) {
        IntVector product = light.neg().add(255).mul(black).add(128);
        IntVector scaled =
                product.lanewise(VectorOperators.ASHR, 8).add(product).lanewise(VectorOperators.ASHR, 8);
        return black.sub(scaled);
    }

    private static IntVector three(IntVector near, IntVector far) {
        return near.mul(3).add(far);
    }

    private static IntVector clip(IntVector value) {
        return value.max(0).min(255);
    }

    private static IntVector pack(IntVector red, IntVector green, IntVector blue) {
        return red.lanewise(VectorOperators.LSHL, 16)
                .or(green.lanewise(VectorOperators.LSHL, 8))
                .or(blue);
    }

    private static IntVector load(int[] array, int at) {
        return IntVector.fromArray(SPECIES, array, at);
    }
}
