package dev.sharegpt4v.models.image;

/**
 * Quantiser steps of a segment; of each pair the constant term comes first. Source: RFC 6386, sections 9.6 and 14.1.
 *
 * @param luma of luma blocks
 * @param sums of the block of luma's constant terms
 * @param chroma of chroma blocks
 */
record Vp8Steps(int[] luma, int[] sums, int[] chroma) {

    private static final int LAST = 127;
    private static final int LAST_CHROMA_DC = 117;

    static Vp8Steps[] read(Vp8BoolReader reader, Vp8Segments segments) {
        int base = reader.number(7);
        int lumaDc = reader.optional(4);
        int sumsDc = reader.optional(4);
        int sumsAc = reader.optional(4);
        int chromaDc = reader.optional(4);
        int chromaAc = reader.optional(4);
        Vp8Steps[] steps = new Vp8Steps[Vp8Segments.COUNT];
        for (int i = 0; i < steps.length; i++) {
            int index = segments.apply(base, segments.quantisers(), i);
            steps[i] = new Vp8Steps(
                    new int[] {dc(index + lumaDc, LAST), ac(index)},
                    new int[] {dc(index + sumsDc, LAST) * 2, Math.max(8, ac(index + sumsAc) * 155 / 100)},
                    new int[] {dc(index + chromaDc, LAST_CHROMA_DC), ac(index + chromaAc)});
        }
        return steps;
    }

    private static int dc(int index, int last) {
        return Vp8Tables.DC_STEPS[Math.clamp(index, 0, last)];
    }

    private static int ac(int index) {
        return Vp8Tables.AC_STEPS[Math.clamp(index, 0, LAST)];
    }
}
