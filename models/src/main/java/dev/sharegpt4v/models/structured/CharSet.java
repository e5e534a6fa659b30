package dev.sharegpt4v.models.structured;

import java.util.Arrays;

/**
 * A set of code points; immutable.
 *
 * @param bounds where it begins and ends: members are in [bounds[0], bounds[1]), [bounds[2], bounds[3]) and so on, sorted
 */
record CharSet(int[] bounds) {

    static final int LIMIT = Character.MAX_CODE_POINT + 1;
    static final CharSet NONE = new CharSet(new int[0]);
    static final CharSet ALL = range(0, Character.MAX_CODE_POINT);

    static CharSet range(int first, int last) {
        return new CharSet(new int[] {first, last + 1});
    }

    static CharSet of(int codePoint) {
        return range(codePoint, codePoint);
    }

    static CharSet of(String members) {
        CharSet set = NONE;
        for (int point : members.codePoints().toArray()) {
            set = set.or(of(point));
        }
        return set;
    }

    boolean isEmpty() {
        return bounds.length == 0;
    }

    boolean contains(int codePoint) {
        int at = Arrays.binarySearch(bounds, codePoint);
        return at >= 0 ? at % 2 == 0 : (-at - 1) % 2 == 1;
    }

    CharSet or(CharSet other) {
        return merge(other, true);
    }

    CharSet and(CharSet other) {
        return merge(other, false);
    }

    CharSet not() {
        int[] flipped = new int[bounds.length + 2];
        int size = 0;
        if (bounds.length == 0 || bounds[0] != 0) {
            flipped[size++] = 0;
        }
        for (int bound : bounds) {
            if (bound != 0 && bound != LIMIT) {
                flipped[size++] = bound;
            }
        }
        if (bounds.length == 0 || bounds[bounds.length - 1] != LIMIT) {
            flipped[size++] = LIMIT;
        }
        return new CharSet(Arrays.copyOf(flipped, size));
    }

    private CharSet merge(CharSet other, boolean either) {
        int[] merged = new int[bounds.length + other.bounds.length];
        int size = 0;
        int mine = 0;
        int theirs = 0;
        boolean inside = false;
        while (mine < bounds.length || theirs < other.bounds.length) {
            int next = Math.min(
                    mine < bounds.length ? bounds[mine] : Integer.MAX_VALUE,
                    theirs < other.bounds.length ? other.bounds[theirs] : Integer.MAX_VALUE);
            mine += mine < bounds.length && bounds[mine] == next ? 1 : 0;
            theirs += theirs < other.bounds.length && other.bounds[theirs] == next ? 1 : 0;
            boolean now = either ? mine % 2 == 1 || theirs % 2 == 1 : mine % 2 == 1 && theirs % 2 == 1;
            if (now != inside) {
                merged[size++] = next;
                inside = now;
            }
        }
        return new CharSet(Arrays.copyOf(merged, size));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CharSet(int[] theirs) && Arrays.equals(bounds, theirs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }
}
