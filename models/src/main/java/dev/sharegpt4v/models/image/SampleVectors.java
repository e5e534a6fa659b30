package dev.sharegpt4v.models.image;

import static dev.sharegpt4v.models.image.Lanes.load;

import java.lang.foreign.MemorySegment;
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
    static void sum(MemorySegment samples, int near, int far, int to, int length) {
        for (int i = 0; i < length; i += Lanes.LENGTH) {
            Lanes.store(three(load(samples, near + i), load(samples, far + i)), samples, to + i);
        }
    }

    /** (3 near + far + bias) ›› shift. */
    static void smooth(
            MemorySegment samples,
            int near,
            int far,
            MemorySegment bias,
            int shift,
            MemorySegment target,
            int to,
            int length) {
        for (int i = 0; i < length; i += Lanes.LENGTH) {
            Lanes.store(
                    three(load(samples, near + i), load(samples, far + i))
                            .add(load(bias, i))
                            .lanewise(VectorOperators.ASHR, shift),
                    target,
                    to + i);
        }
    }

    /** (sum + bias) ›› 2. */
    static void quarter(MemorySegment sums, int from, MemorySegment bias, MemorySegment target, int to, int length) {
        for (int i = 0; i < length; i += Lanes.LENGTH) {
            Lanes.store(load(sums, from + i).add(load(bias, i)).lanewise(VectorOperators.ASHR, 2), target, to + i);
        }
    }

    static void gray(MemorySegment light, int at, MemorySegment pixels, int to, int length) {
        for (int i = 0; i < length; i += Lanes.LENGTH) {
            Lanes.store(load(light, at + i).mul(0x10101), pixels, to + i);
        }
    }

    static void rgb(MemorySegment[] planes, int[] at, MemorySegment pixels, int to, int length) {
        for (int i = 0; i < length; i += Lanes.LENGTH) {
            Lanes.store(
                    pack(load(planes[0], at[0] + i), load(planes[1], at[1] + i), load(planes[2], at[2] + i)),
                    pixels,
                    to + i);
        }
    }

    static void ycc(MemorySegment[] planes, int[] at, MemorySegment pixels, int to, int length) {
        MemorySegment luma = planes[0];
        MemorySegment blues = planes[1];
        MemorySegment reds = planes[2];
        int lumaAt = at[0];
        int blueAt = at[1];
        int redAt = at[2];
        for (int i = 0; i < length; i += Lanes.LENGTH) {
            IntVector y = load(luma, lumaAt + i);
            IntVector cb = load(blues, blueAt + i).sub(128);
            IntVector cr = load(reds, redAt + i).sub(128);
            Lanes.store(pack(red(y, cr), green(y, cb, cr), blue(y, cb)), pixels, to + i);
        }
    }

    /** Stored inks are light already: what is stored is 255 less the ink. */
    static void cmyk(MemorySegment[] planes, int[] at, MemorySegment pixels, int to, int length) {
        for (int i = 0; i < length; i += Lanes.LENGTH) {
            IntVector black = load(planes[3], at[3] + i);
            Lanes.store(
                    pack(
                            under(load(planes[0], at[0] + i), black),
                            under(load(planes[1], at[1] + i), black),
                            under(load(planes[2], at[2] + i), black)),
                    pixels,
                    to + i);
        }
    }

    static void ycck(MemorySegment[] planes, int[] at, MemorySegment pixels, int to, int length) {
        IntVector full = IntVector.broadcast(Lanes.SPECIES, 255);
        for (int i = 0; i < length; i += Lanes.LENGTH) {
            IntVector y = load(planes[0], at[0] + i);
            IntVector cb = load(planes[1], at[1] + i).sub(128);
            IntVector cr = load(planes[2], at[2] + i).sub(128);
            IntVector black = load(planes[3], at[3] + i);
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
