package dev.sharegpt4v.models.image;

/** Predicts a 4 × 4 block of luma from its neighbours. Source: RFC 6386, section 12.3. */
final class Vp8BlockPredictor {

    private final byte[] plane;
    private final int stride;

    /** The pixels around the block, from the lowest to the left over the corner to the last above on the right. */
    private final int[] edge = new int[13];

    private static final int CORNER = 4;
    private static final int TOP = 5;

    private int at;

    Vp8BlockPredictor(byte[] plane, int stride) {
        this.plane = plane;
        this.stride = stride;
    }

    /**
     * Predicts one block.
     *
     * @param mode as in {@link Vp8Tables#MODES}
     * @param column of the macroblock
     * @param row of the macroblock
     * @param index of the block in it
     */
    void predict(int mode, int column, int row, int index) {
        int x = column * 16 + index % 4 * 4;
        int y = row * 16 + index / 4 * 4;
        at = y * stride + x;
        gather(x, y, row, index);
        switch (mode) {
            case 0 -> average();
            case 1 -> trueMotion();
            case 2 -> vertical();
            case 3 -> horizontal();
            case 4 -> downRight();
            case 5 -> verticalRight();
            case 6 -> downLeft();
            case 7 -> verticalLeft();
            case 8 -> horizontalDown();
            case 9 -> horizontalUp();
            default -> throw new IllegalStateException("mode " + mode + ". This is a bug.");
        }
    }

    private void gather(int x, int y, int row, int index) {
        for (int i = 0; i < 4; i++) {
            edge[CORNER - 1 - i] = x > 0 ? plane[at + i * stride - 1] & 0xff : Vp8Predictor.LEFT;
            edge[TOP + i] = y > 0 ? plane[at - stride + i] & 0xff : Vp8Predictor.ABOVE;
            edge[TOP + 4 + i] = aboveRight(x + 4 + i, y, row, index);
        }
        edge[CORNER] = y == 0 ? Vp8Predictor.ABOVE : x == 0 ? Vp8Predictor.LEFT : plane[at - stride - 1] & 0xff;
    }

    /** What lies to the right of the macroblock comes from the row above it, for the lower blocks too. */
    private int aboveRight(int x, int y, int row, int index) {
        int from = index % 4 == 3 ? row * 16 : y;
        return from == 0 ? Vp8Predictor.ABOVE : plane[(from - 1) * stride + Math.min(x, stride - 1)] & 0xff;
    }

    private void set(int x, int y, int value) {
        plane[at + y * stride + x] = (byte) value;
    }

    /** Average of two neighbours on the edge. */
    private int two(int i) {
        return edge[i] + edge[i + 1] + 1 >> 1;
    }

    /** Weighted average around a place on the edge. */
    private int three(int i) {
        return edge[i - 1] + 2 * edge[i] + edge[i + 1] + 2 >> 2;
    }

    private void average() {
        int sum = 4;
        for (int i = 0; i < 4; i++) {
            sum += edge[i] + edge[TOP + i];
        }
        for (int i = 0; i < 16; i++) {
            set(i % 4, i / 4, sum >> 3);
        }
    }

    private void trueMotion() {
        for (int i = 0; i < 16; i++) {
            int value = edge[TOP + i % 4] + edge[CORNER - 1 - i / 4] - edge[CORNER];
            set(i % 4, i / 4, Math.clamp(value, 0, 255));
        }
    }

    private void vertical() {
        for (int i = 0; i < 16; i++) {
            set(i % 4, i / 4, three(TOP + i % 4));
        }
    }

    private void horizontal() {
        for (int x = 0; x < 4; x++) {
            for (int y = 0; y < 3; y++) {
                set(x, y, three(CORNER - 1 - y));
            }
            set(x, 3, edge[1] + 3 * edge[0] + 2 >> 2);
        }
    }

    private void downRight() {
        for (int i = 0; i < 16; i++) {
            set(i % 4, i / 4, three(CORNER + i % 4 - i / 4));
        }
    }

    private void downLeft() {
        for (int i = 0; i < 15; i++) {
            set(i % 4, i / 4, three(TOP + 1 + i % 4 + i / 4));
        }
        set(3, 3, edge[11] + 3 * edge[12] + 2 >> 2);
    }

    private void verticalRight() {
        for (int x = 0; x < 4; x++) {
            set(x, 0, two(CORNER + x));
            set(x, 1, three(CORNER + x));
            set(x, 2, x == 0 ? three(CORNER - 1) : two(CORNER + x - 1));
            set(x, 3, x == 0 ? three(CORNER - 2) : three(CORNER + x - 1));
        }
    }

    private void verticalLeft() {
        for (int x = 0; x < 4; x++) {
            set(x, 0, two(TOP + x));
            set(x, 1, three(TOP + 1 + x));
            set(x, 2, x < 3 ? two(TOP + 1 + x) : three(TOP + 5));
            set(x, 3, x < 3 ? three(TOP + 2 + x) : three(TOP + 6));
        }
    }

    private void horizontalDown() {
        for (int y = 0; y < 4; y++) {
            int place = CORNER - y;
            set(0, y, two(place - 1));
            set(1, y, three(place));
            set(2, y, y == 0 ? three(CORNER + 1) : two(place));
            set(3, y, y == 0 ? three(CORNER + 2) : three(place + 1));
        }
    }

    private void horizontalUp() {
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 4; x++) {
                int step = x + 2 * y;
                int place = CORNER - 1 - step / 2;
                int value = step > 5
                        ? edge[0]
                        : step == 5
                                ? edge[1] + 3 * edge[0] + 2 >> 2
                                : step % 2 == 0 ? two(place - 1) : three(place - 1);
                set(x, y, value);
            }
        }
    }
}
