package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.checkpoint.ElementType;
import dev.sharegpt4v.models.checkpoint.TensorView;

/**
 * A tensor of evenly spread random numbers, any part of which can be had without the rest.
 *
 * <p>Weights have the standard deviation 0.02 that LLaMA models are initialised with; scales of norms lie around 1. With
 * these, states stay finite through any number of layers.
 */
record SyntheticTensor(String name, long[] shape, long seed) implements TensorView {

    private static final float STANDARD_DEVIATION = 0.02f;
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    /** Numbers that one mixed word yields. */
    private static final int LANES = 4;

    private static final int LANE_BITS = 16;
    private static final int LANE_MASK = (1 << LANE_BITS) - 1;

    @Override
    public ElementType type() {
        return ElementType.F32;
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    @Override
    public void readFloats(long first, float[] target, int offset, int count) {
        float mean = isNormScale() ? 1 : 0;
        float width = 2 * STANDARD_DEVIATION * (float) Math.sqrt(3);
        float step = width / (LANE_MASK + 1);
        float lowest = mean - width / 2 + step / 2;
        long element = first;
        int written = 0;
        while (written < count) {
            long word = mix(seed + element / LANES * GOLDEN_GAMMA);
            for (int lane = (int) (element % LANES); lane < LANES && written < count; lane++) {
                long bits = (word >>> (lane * LANE_BITS)) & LANE_MASK;
                target[offset + written] = lowest + bits * step;
                written++;
                element++;
            }
        }
    }

    private boolean isNormScale() {
        return shape.length == 1 && name.endsWith(".weight");
    }

    /** The finaliser of SplitMix64: close inputs give unrelated outputs. */
    static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
