package dev.sharegpt4v.models.image;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Weighted sums of stretches of packed pixels, in Pillow's fixed point. */
final class PixelBlend {

    private static final int ROUND = 1 << (ResampleKernel.PRECISION_BITS - 1);

    private PixelBlend() {}

    /**
     * Blends stretches.
     *
     * @param from where each stretch begins
     * @param weights of each
     * @param background a colour that has weight too
     * @param outside its weight
     * @param length a multiple of a vector's length
     */
    static void blend(
            int[] pixels, int[] from, int[] weights, int background, int outside, int[] target, int to, int length) {
        int red = ROUND + (background >>> 16) * outside;
        int green = ROUND + (background >>> 8 & 0xff) * outside;
        int blue = ROUND + (background & 0xff) * outside;
        for (int i = 0; i < length; i += Lanes.LENGTH) {
            IntVector reds = IntVector.broadcast(Lanes.SPECIES, red);
            IntVector greens = IntVector.broadcast(Lanes.SPECIES, green);
            IntVector blues = IntVector.broadcast(Lanes.SPECIES, blue);
            for (int tap = 0; tap < weights.length; tap++) {
                IntVector pixel = Lanes.load(pixels, from[tap] + i);
                IntVector weight = IntVector.broadcast(Lanes.SPECIES, weights[tap]);
                reds = reds.add(pixel.lanewise(VectorOperators.LSHR, 16).mul(weight));
                greens = greens.add(
                        pixel.lanewise(VectorOperators.LSHR, 8).and(0xff).mul(weight));
                blues = blues.add(pixel.and(0xff).mul(weight));
            }
            Lanes.store(
                    clip(reds)
                            .lanewise(VectorOperators.LSHL, 16)
                            .or(clip(greens).lanewise(VectorOperators.LSHL, 8))
                            .or(clip(blues)),
                    target,
                    to + i);
        }
    }

    private static IntVector clip(IntVector sum) {
        return sum.lanewise(VectorOperators.ASHR, ResampleKernel.PRECISION_BITS)
                .max(0)
                .min(255);
    }
}
