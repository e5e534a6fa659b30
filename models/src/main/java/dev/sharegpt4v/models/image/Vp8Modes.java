package dev.sharegpt4v.models.image;

import java.util.Arrays;

/** Reads how macroblocks are predicted. Source: RFC 6386, sections 11.2 to 11.5. */
final class Vp8Modes {

    static final int DC = 0;
    static final int TRUE_MOTION = 1;
    static final int VERTICAL = 2;
    static final int HORIZONTAL = 3;

    /** Inner nodes are positive and stand at twice their number; leaves are modes, negated. */
    private static final int[] BLOCK_TREE = {-DC, 1, -1, 2, -2, 3, 4, 6, -3, 5, -4, -5, -6, 7, -7, 8, -8, -9};

    private final Vp8Header header;
    private final int[] above;
    private final int[] left = new int[4];

    Vp8Modes(Vp8Header header, int across) {
        this.header = header;
        this.above = new int[across * 4];
    }

    void startRow() {
        Arrays.fill(left, DC);
    }

    void read(Vp8Macroblock block, int column) {
        Vp8BoolReader reader = header.modes();
        block.segment = header.segments().segment(reader);
        block.skips = header.skipProbability() >= 0 && reader.bool(header.skipProbability());
        block.blocks = !reader.bool(145);
        if (block.blocks) {
            blockModes(reader, block, column * 4);
        } else {
            int mode =
                    reader.bool(156) ? reader.bool(128) ? TRUE_MOTION : HORIZONTAL : reader.bool(163) ? VERTICAL : DC;
            block.lumaModes[0] = mode;
            Arrays.fill(above, column * 4, column * 4 + 4, mode);
            Arrays.fill(left, mode);
        }
        block.chromaMode = chromaMode(reader);
        if (reader.isExhausted()) {
            throw ImageException.malformed("the WebP is truncated");
        }
    }

    private void blockModes(Vp8BoolReader reader, Vp8Macroblock block, int column) {
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 4; x++) {
                int probabilities = (above[column + x] * 10 + left[y]) * 9;
                int node = BLOCK_TREE[reader.bit(Vp8Tables.MODES[probabilities])];
                while (node > 0) {
                    node = BLOCK_TREE[2 * node + reader.bit(Vp8Tables.MODES[probabilities + node])];
                }
                above[column + x] = -node;
                left[y] = -node;
                block.lumaModes[y * 4 + x] = -node;
            }
        }
    }

    private static int chromaMode(Vp8BoolReader reader) {
        if (!reader.bool(142)) {
            return DC;
        }
        if (!reader.bool(114)) {
            return VERTICAL;
        }
        return reader.bool(183) ? TRUE_MOTION : HORIZONTAL;
    }
}
