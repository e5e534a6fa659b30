package dev.sharegpt4v.models.image;

/** Smooths the edges of blocks, macroblock by macroblock. Source: RFC 6386, section 15. */
final class Vp8LoopFilter {

    private final Vp8Planes planes;
    private final boolean simple;

    Vp8LoopFilter(Vp8Planes planes, boolean simple) {
        this.planes = planes;
        this.simple = simple;
    }

    /**
     * Filters the left and upper edge of a macroblock, and the edges inside it.
     *
     * @param level how strongly, 1 to 63
     * @param interior how much neighbours may differ
     * @param inner whether edges inside are filtered
     */
    void filter(int column, int row, int level, int interior, boolean inner) {
        int limit = 2 * level + interior;
        edges(planes.y(), planes.lumaStride(), 16, column, row, limit, interior, level, inner);
        if (!simple) {
            edges(planes.u(), planes.chromaStride(), 8, column, row, limit, interior, level, inner);
            edges(planes.v(), planes.chromaStride(), 8, column, row, limit, interior, level, inner);
        }
    }

    private void edges(
            byte[] plane,
            int stride,
            int size,
            int column,
            int row,
            int limit,
            int interior,
            int level,
            boolean inner) {
        int at = row * size * stride + column * size;
        int variance = Vp8Filter.highVariance(level);
        if (column > 0) {
            edge(plane, at, 1, stride, size, limit + 4, interior, variance, true);
        }
        for (int x = 4; inner && x < size; x += 4) {
            edge(plane, at + x, 1, stride, size, limit, interior, variance, false);
        }
        if (row > 0) {
            edge(plane, at, stride, 1, size, limit + 4, interior, variance, true);
        }
        for (int y = 4; inner && y < size; y += 4) {
            edge(plane, at + y * stride, stride, 1, size, limit, interior, variance, false);
        }
    }

    /** One edge: {@code across} leads from pixel to pixel over it, {@code along} from place to place on it. */
    private void edge(
            byte[] plane,
            int from,
            int across,
            int along,
            int length,
            int limit,
            int interior,
            int variance,
            boolean outer) {
        for (int i = 0; i < length; i++) {
            int at = from + i * along;
            int difference = 4 * distance(plane, at - across, at) + distance(plane, at - 2 * across, at + across);
            if (difference > 2 * limit + 1) {
                continue;
            }
            if (simple) {
                two(plane, at, across);
            } else if (isSmooth(plane, at, across, interior)) {
                if (distance(plane, at - 2 * across, at - across) > variance
                        || distance(plane, at + across, at) > variance) {
                    two(plane, at, across);
                } else if (outer) {
                    six(plane, at, across);
                } else {
                    four(plane, at, across);
                }
            }
        }
    }

    private static boolean isSmooth(byte[] plane, int at, int across, int interior) {
        for (int i = 1; i < 4; i++) {
            if (distance(plane, at - (i + 1) * across, at - i * across) > interior
                    || distance(plane, at + i * across, at + (i - 1) * across) > interior) {
                return false;
            }
        }
        return true;
    }

    private static int distance(byte[] plane, int a, int b) {
        return Math.abs((plane[a] & 0xff) - (plane[b] & 0xff));
    }

    private static int step(byte[] plane, int from, int to) {
        return (plane[to] & 0xff) - (plane[from] & 0xff);
    }

    private static void two(byte[] plane, int at, int across) {
        int value = 3 * step(plane, at - across, at) + signed(step(plane, at + across, at - 2 * across));
        add(plane, at - across, small(value + 3 >> 3));
        add(plane, at, -small(value + 4 >> 3));
    }

    private static void four(byte[] plane, int at, int across) {
        int value = 3 * step(plane, at - across, at);
        int right = small(value + 4 >> 3);
        int left = small(value + 3 >> 3);
        int outer = right + 1 >> 1;
        add(plane, at - 2 * across, outer);
        add(plane, at - across, left);
        add(plane, at, -right);
        add(plane, at + across, -outer);
    }

    private static void six(byte[] plane, int at, int across) {
        int value = signed(3 * step(plane, at - across, at) + signed(step(plane, at + across, at - 2 * across)));
        for (int i = 0; i < 3; i++) {
            int change = (27 - 9 * i) * value + 63 >> 7;
            add(plane, at - (i + 1) * across, change);
            add(plane, at + i * across, -change);
        }
    }

    private static int signed(int value) {
        return Math.clamp(value, -128, 127);
    }

    private static int small(int value) {
        return Math.clamp(value, -16, 15);
    }

    private static void add(byte[] plane, int at, int change) {
        plane[at] = (byte) Math.clamp((plane[at] & 0xff) + change, 0, 255);
    }
}
