package dev.sharegpt4v.models.image;

/** One macroblock's modes and coefficients; reused from one to the next. */
final class Vp8Macroblock {

    static final int LUMA_BLOCKS = 16;
    static final int BLOCKS = 24;
    static final int BLOCK = 16;

    int segment;
    boolean skips;

    /** Whether each 4 × 4 block has a mode of its own. */
    boolean blocks;

    /** Of the whole macroblock in the first place, or of each block. */
    final int[] lumaModes = new int[LUMA_BLOCKS];

    int chromaMode;

    /** 16 luma blocks, 4 of U and 4 of V, in natural order of coefficients. */
    final short[] coefficients = new short[BLOCKS * BLOCK];

    /** Whether any coefficient is there. */
    boolean coded;
}
