package dev.sharegpt4v.models.image;

/**
 * Groups of macroblocks with their own quantiser and filter. Source: RFC 6386, section 9.3.
 *
 * @param mapped whether each macroblock names its segment
 * @param enabled whether there are segments at all
 * @param absolute whether the values replace the frame's or are added to them
 * @param quantisers per segment
 * @param filterLevels per segment
 * @param tree probabilities of the segment's tree
 */
record Vp8Segments(
        boolean enabled, boolean mapped, boolean absolute, int[] quantisers, int[] filterLevels, int[] tree) {

    static final int COUNT = 4;

    static Vp8Segments read(Vp8BoolReader reader) {
        int[] quantisers = new int[COUNT];
        int[] levels = new int[COUNT];
        int[] tree = {255, 255, 255};
        boolean enabled = reader.flag();
        boolean mapped = enabled && reader.flag();
        boolean absolute = true;
        if (enabled && reader.flag()) {
            absolute = reader.flag();
            for (int i = 0; i < COUNT; i++) {
                quantisers[i] = reader.optional(7);
            }
            for (int i = 0; i < COUNT; i++) {
                levels[i] = reader.optional(6);
            }
        }
        for (int i = 0; mapped && i < tree.length; i++) {
            tree[i] = reader.flag() ? reader.number(8) : 255;
        }
        return new Vp8Segments(enabled, mapped, absolute, quantisers, levels, tree);
    }

    /** The segment that a macroblock names. */
    int segment(Vp8BoolReader reader) {
        if (!mapped) {
            return 0;
        }
        return reader.bool(tree[0]) ? 2 + reader.bit(tree[2]) : reader.bit(tree[1]);
    }

    /** The frame's value as a segment changes it. */
    int apply(int frame, int[] values, int segment) {
        if (!enabled) {
            return frame;
        }
        return absolute ? values[segment] : frame + values[segment];
    }
}
