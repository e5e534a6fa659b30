package dev.sharegpt4v.models.image;

import java.util.Arrays;

/**
 * Predicts whole macroblocks of one plane from their neighbours before filtering. Source: RFC 6386, section 12.
 *
 * <p>Above the picture everything is 127, to its left 129.
 */
final class Vp8Predictor {

    static final int ABOVE = 127;
    static final int LEFT = 129;

    private final byte[] plane;
    private final int stride;
    private final int size;

    /** @param size of a macroblock in this plane */
    Vp8Predictor(byte[] plane, int stride, int size) {
        this.plane = plane;
        this.stride = stride;
        this.size = size;
    }

    void predict(int mode, int column, int row) {
        int at = row * size * stride + column * size;
        switch (mode) {
            case Vp8Modes.DC -> fill(at, average(at, column > 0, row > 0));
            case Vp8Modes.TRUE_MOTION -> trueMotion(at, column > 0, row > 0);
            case Vp8Modes.VERTICAL -> {
                for (int i = 0; i < size * size; i++) {
                    plane[at + i / size * stride + i % size] = (byte) above(at, i % size, row > 0);
                }
            }
            case Vp8Modes.HORIZONTAL -> {
                for (int i = 0; i < size * size; i++) {
                    plane[at + i / size * stride + i % size] = (byte) left(at, i / size, column > 0);
                }
            }
            default -> throw new IllegalStateException("mode " + mode + ". This is a bug.");
        }
    }

    private int above(int at, int x, boolean there) {
        return there ? plane[at - stride + x] & 0xff : ABOVE;
    }

    private int left(int at, int y, boolean there) {
        return there ? plane[at + y * stride - 1] & 0xff : LEFT;
    }

    private int average(int at, boolean hasLeft, boolean hasAbove) {
        if (!hasLeft && !hasAbove) {
            return 128;
        }
        int sum = 0;
        for (int i = 0; i < size; i++) {
            sum += hasAbove ? above(at, i, true) : 0;
            sum += hasLeft ? left(at, i, true) : 0;
        }
        int count = hasLeft && hasAbove ? 2 * size : size;
        return (sum + count / 2) / count;
    }

    private void fill(int at, int value) {
        for (int y = 0; y < size; y++) {
            Arrays.fill(plane, at + y * stride, at + y * stride + size, (byte) value);
        }
    }

    private void trueMotion(int at, boolean hasLeft, boolean hasAbove) {
        int corner = !hasAbove ? ABOVE : !hasLeft ? LEFT : plane[at - stride - 1] & 0xff;
        for (int y = 0; y < size; y++) {
            int change = left(at, y, hasLeft) - corner;
            for (int x = 0; x < size; x++) {
                plane[at + y * stride + x] = (byte) Math.clamp(above(at, x, hasAbove) + change, 0, 255);
            }
        }
    }
}
