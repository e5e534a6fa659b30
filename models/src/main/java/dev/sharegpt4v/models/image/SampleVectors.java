package dev.sharegpt4v.models.image;

import static dev.sharegpt4v.models.image.Lanes.load;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * libjpeg's smoothing of chroma and its conversion of colours, on stretches of samples.
 *
 * <p>Source: libjpeg-turbo's jdsample.c and jdcolor.c; Adobe's technical note 5116 for CMYK; Pillow takes all CMYK for
 * Adobe's, which is inverted. Lengths are multiples of a vector's.
 */
final class SampleVectors {

    private SampleVectors() {}

    /** Three times the near sample and once the far one. */
    static void sum(int[] samples, int near, int far, int to, int length) {
        for (int i = 0; i < length; i += Lanes.LENGTH) {
            Lanes.store(three(load(samples, near + i), load(samples, far + i)), samples, to + i);
        }
    }

    /** (3 near + far + bias) ›› shift. */
    static void smooth(int[] samples, int near, int far, int[] bias, int shift, int to, int length) {
        for (int i = 0; i < length; i += Lanes.LENGTH) {
            Lanes.store(
                    three(load(samples, near + i), load(samples, far + i))
                            .add(load(bias, i))
                            .lanewise(VectorOperators.ASHR, shift),
                    samples,
                    to + i);
        }
    }

    /** (sum + bias) ›› 2. */
    static void quarter(int[] samples, int from, int[] bias, int to, int length) {
        for (int i = 0; i < length; i += Lanes.LENGTH) {
            Lanes.store(load(samples, from + i).add(load(bias, i)).lanewise(VectorOperators.ASHR, 2), samples, to + i);
        }
    }

    static void gray(int[] samples, int at, int[] pixels, int to, int length) {
        for (int i = 0; i < length; i += Lanes.LENGTH) {
            Lanes.store(load(samples, at + i).mul(0x10101), pixels, to + i);
        }
    }

    static void rgb(int[] samples, int[] at, int[] pixels, int to, int length) {
        for (int i = 0; i < length; i += Lanes.LENGTH) {
            Lanes.store(
                    pack(load(samples, at[0] + i), load(samples, at[1] + i), load(samples, at[2] + i)), pixels, to + i);
        }
    }

    /** Constants stand before the loop: made where they are used, they take the compiler's nodes, and vectors become objects. */
    static void ycc(int[] samples, int[] at, int[] pixels, int to, int length) {
        IntVector middle = IntVector.broadcast(Lanes.SPECIES, 128);
        IntVector half = IntVector.broadcast(Lanes.SPECIES, 32_768);
        IntVector zero = IntVector.zero(Lanes.SPECIES);
        IntVector full = IntVector.broadcast(Lanes.SPECIES, 255);
        int lumaAt = at[0];
        int blueAt = at[1];
        int redAt = at[2];
        for (int i = 0; i < length; i += Lanes.LENGTH) {
            IntVector y =
                    load(samples, lumaAt + i).lanewise(VectorOperators.LSHL, 16).add(half);
            IntVector cb = load(samples, blueAt + i).sub(middle);
            IntVector cr = load(samples, redAt + i).sub(middle);
            IntVector red = y.add(cr.mul(91_881));
            IntVector green = y.sub(cb.mul(22_554)).sub(cr.mul(46_802));
            IntVector blue = y.add(cb.mul(116_130));
            Lanes.store(
                    pack(
                            red.lanewise(VectorOperators.ASHR, 16).max(zero).min(full),
                            green.lanewise(VectorOperators.ASHR, 16).max(zero).min(full),
                            blue.lanewise(VectorOperators.ASHR, 16).max(zero).min(full)),
                    pixels,
                    to + i);
        }
    }

    /** Stored inks are light already: what is stored is 255 less the ink. */
    static void cmyk(int[] samples, int[] at, int[] pixels, int to, int length) {
        for (int i = 0; i < length; i += Lanes.LENGTH) {
            IntVector black = load(samples, at[3] + i);
            Lanes.store(
                    pack(
                            under(load(samples, at[0] + i), black),
                            under(load(samples, at[1] + i), black),
                            under(load(samples, at[2] + i), black)),
                    pixels,
                    to + i);
        }
    }

    static void ycck(int[] samples, int[] at, int[] pixels, int to, int length) {
        IntVector full = IntVector.broadcast(Lanes.SPECIES, 255);
        for (int i = 0; i < length; i += Lanes.LENGTH) {
            IntVector y = load(samples, at[0] + i);
            IntVector cb = load(samples, at[1] + i).sub(128);
            IntVector cr = load(samples, at[2] + i).sub(128);
            IntVector black = load(samples, at[3] + i);
            Lanes.store(
                    pack(
                            under(full.sub(red(y, cr)), black),
                            under(full.sub(green(y, cb, cr)), black),
                            under(full.sub(blue(y, cb)), black)),
                    pixels,
                    to + i);
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
}
