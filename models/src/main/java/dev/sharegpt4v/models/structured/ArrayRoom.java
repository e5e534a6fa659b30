package dev.sharegpt4v.models.structured;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Whether an array that was begun can still be ended. */
final class ArrayRoom {

    /**
     * How far an array has come.
     *
     * @param index items so far; no more than tell places apart
     * @param counts for each thing that must be contained how often it was, in so many bits; no more than tell them apart
     */
    record Progress(int index, long counts) {
        static final Progress START = new Progress(0, 0);
    }

    /** Bits of a count. */
    private static final int BITS = 15;
    /** Counts in all. */
    static final int MOST_CONTAINED = 4;

    static final int MOST_COUNT = (1 << BITS) - 2;

    private final Shape.Array array;
    private final Set<Goal.All> possible;
    private final Map<Progress, Boolean> known = new HashMap<>();

    ArrayRoom(Shape.Array array, Set<Goal.All> possible) {
        this.array = array;
        this.possible = possible;
    }

    static int count(long counts, int which) {
        return (int) (counts >> which * BITS) & (1 << BITS) - 1;
    }

    /** Whether the array may be closed here. */
    boolean isComplete(Progress progress) {
        if (progress.index() < array.least()) {
            return false;
        }
        for (int i = 0; i < array.contained().size(); i++) {
            if (count(progress.counts(), i) < array.contained().get(i).least()) {
                return false;
            }
        }
        return true;
    }

    /** The progress after one more item that counts for some; the same object type with itself where nothing changes. */
    Progress after(Progress progress, int counted) {
        long counts = progress.counts();
        for (int i = 0; i < array.contained().size(); i++) {
            Shape.Contained one = array.contained().get(i);
            int cap = one.most() == Integer.MAX_VALUE ? one.least() : one.most() + 1;
            if ((counted >> i & 1) == 1 && count(counts, i) < cap) {
                counts += 1L << i * BITS;
            }
        }
        return new Progress(Math.min(progress.index() + 1, array.cap()), counts);
    }

    /** Whether an item that counts for these may come here. */
    boolean allows(Progress progress, int counted) {
        if (progress.index() >= array.most()) {
            return false;
        }
        for (int i = 0; i < array.contained().size(); i++) {
            Shape.Contained one = array.contained().get(i);
            boolean counts = (counted >> i & 1) == 1;
            boolean tooEarly = progress.index() < one.from();
            if (counts && (tooEarly || count(progress.counts(), i) >= one.most())) {
                return false;
            }
        }
        return possible.contains(goals(progress, counted));
    }

    /** What such an item must reach. */
    Goal.All goals(Progress progress, int counted) {
        return array.option(progress.index(), counted);
    }

    /** Whether the array can be ended from here. */
    boolean canEnd(Progress start) {
        return array.contained().isEmpty() ? reachesLeast(start.index()) : search(start);
    }

    private boolean reachesLeast(int from) {
        // Beyond the prefix all places are alike.
        for (int i = from; i < array.least() && i <= array.prefixLength(); i++) {
            if (!possible.contains(array.item(i))) {
                return false;
            }
        }
        return array.least() <= array.most();
    }

    /** Depth first; each item leads to a later place or a higher count, or to where it came from. */
    private boolean search(Progress progress) {
        Boolean before = known.get(progress);
        if (before != null) {
            return before;
        }
        boolean can = isComplete(progress);
        for (int counted = (1 << array.contained().size()) - 1; counted >= 0 && !can; counted--) {
            Progress next = after(progress, counted);
            can = allows(progress, counted) && !next.equals(progress) && search(next);
        }
        known.put(progress, can);
        return can;
    }
}
