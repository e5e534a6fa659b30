package dev.sharegpt4v.models.image;

/**
 * The loop filter's settings. Source: RFC 6386, sections 9.6 and 15.
 *
 * @param simple whether only luma is filtered, over two pixels a side
 * @param level of the frame, 0 to 63; 0 filters nothing
 * @param sharpness 0 to 7
 * @param change added to the level of every macroblock
 * @param blocksChange added to the level of macroblocks that are predicted in 4 × 4 blocks
 */
record Vp8Filter(boolean simple, int level, int sharpness, int change, int blocksChange) {

    private static final int REFERENCES = 4;
    private static final int MODES = 4;

    static Vp8Filter read(Vp8BoolReader reader) {
        boolean simple = reader.flag();
        int level = reader.number(6);
        int sharpness = reader.number(3);
        int change = 0;
        int blocksChange = 0;
        boolean changes = reader.flag();
        if (changes && reader.flag()) {
            // Of references and modes, a key frame has but the first of each.
            for (int i = 0; i < REFERENCES; i++) {
                int value = reader.optional(6);
                change = i == 0 ? value : change;
            }
            for (int i = 0; i < MODES; i++) {
                int value = reader.optional(6);
                blocksChange = i == 0 ? value : blocksChange;
            }
        }
        return new Vp8Filter(simple, level, sharpness, change, blocksChange);
    }

    /** The level for a macroblock of a segment. */
    int level(Vp8Segments segments, int segment, boolean blocks) {
        int base = segments.apply(level, segments.filterLevels(), segment);
        return Math.clamp(base + change + (blocks ? blocksChange : 0), 0, 63);
    }

    /** How much neighbours inside a block may differ. */
    int interior(int macroblockLevel) {
        int limit = macroblockLevel;
        if (sharpness > 0) {
            limit = Math.min(limit >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
        }
        return Math.max(1, limit);
    }

    /** What counts as an edge of the picture itself. */
    static int highVariance(int macroblockLevel) {
        return macroblockLevel >= 40 ? 2 : macroblockLevel >= 15 ? 1 : 0;
    }
}
