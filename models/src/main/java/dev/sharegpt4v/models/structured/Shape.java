package dev.sharegpt4v.models.structured;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Values of one type that meet a schema; a schema is a choice of shapes. Equal only to themselves. */
sealed interface Shape {

    /** The type of its values. */
    default JsonType type() {
        return switch (this) {
            case Word(String text) -> text.equals("null") ? JsonType.NULL : JsonType.BOOLEAN;
            case Numeric _ -> JsonType.NUMBER;
            case Text _ -> JsonType.STRING;
            case Array _ -> JsonType.ARRAY;
            case Dictionary _ -> JsonType.OBJECT;
        };
    }

    /** Goals that parts of the value must reach. */
    default Stream<Goal.All> parts() {
        return Stream.empty();
    }

    /** Whether there is a value of this shape, when goals of parts can be reached as told. */
    default boolean isPossible(Set<Goal.All> possible) {
        return true;
    }

    /** A text that stands for itself, such as {@code null}. */
    record Word(String text) implements Shape {}

    /** A number. */
    record Numeric(CharDfa numbers) implements Shape {}

    /**
     * A string.
     *
     * @param strings which, whatever their lengths
     */
    record Text(CharDfa strings, int least, int most) implements Shape {}

    /** What a number of items must reach, besides what their places ask. */
    record Contained(Goal goal, int from, int least, int most) {}

    /** An array. */
    final class Array implements Shape {
        private final List<Goal.All> prefix;
        private final Goal.All rest;
        private final int least;
        private final int most;
        private final List<Contained> contained;

        Array(List<Goal.All> prefix, Goal.All rest, int least, int most, List<Contained> contained) {
            this.prefix = List.copyOf(prefix);
            this.rest = rest;
            this.least = least;
            this.most = most;
            this.contained = List.copyOf(contained);
        }

        int least() {
            return least;
        }

        int most() {
            return most;
        }

        List<Contained> contained() {
            return contained;
        }

        int prefixLength() {
            return prefix.size();
        }

        Goal.All item(int index) {
            return index < prefix.size() ? prefix.get(index) : rest;
        }

        /** From this place on all places are alike. */
        int cap() {
            int cap = Math.max(prefix.size(), least);
            for (Contained one : contained) {
                cap = Math.max(cap, one.from());
            }
            return most == Integer.MAX_VALUE ? cap : Math.max(cap, most);
        }

        /** Goals that an item may be given: for each that it is contained for, it reaches it or not, if that matters. */
        List<Goal.All> options(int index) {
            List<Goal.All> options = new ArrayList<>();
            for (int counted = 0; counted < 1 << contained.size(); counted++) {
                options.add(option(index, counted));
            }
            return options;
        }

        /** What the item at a place must reach when it counts for these of {@link #contained()}. */
        Goal.All option(int index, int counted) {
            Goal.All goals = item(index);
            for (int i = 0; i < contained.size(); i++) {
                Contained one = contained.get(i);
                if ((counted >> i & 1) == 1) {
                    goals = goals.and(one.goal());
                } else if (one.most() != Integer.MAX_VALUE) {
                    goals = goals.and(one.goal().negated(false));
                }
            }
            return goals;
        }

        @Override
        public Stream<Goal.All> parts() {
            List<Goal.All> parts = new ArrayList<>();
            for (int i = 0; i <= prefix.size() && i < most; i++) {
                parts.addAll(options(i));
            }
            return parts.stream();
        }

        @Override
        public boolean isPossible(Set<Goal.All> possible) {
            return new ArrayRoom(this, possible).canEnd(ArrayRoom.Progress.START);
        }
    }

    /**
     * Properties whose names are in a set.
     *
     * @param names which; not empty
     * @param goals what their values must reach
     * @param meets needs of the object that each of them meets, as bits
     */
    record Free(CharDfa names, Goal.All goals, long meets) {}

    /** An object. */
    final class Dictionary implements Shape {
        private final List<String> names;
        private final List<Goal.All> goals;
        private final Set<String> required;
        private final List<Free> free;
        private final List<CharDfa> needs;
        private final int least;
        private final int most;

        /** With {@code needs}, sets of names of each of which one must be there. */
        Dictionary(
                Map<String, Goal.All> named,
                Set<String> required,
                List<Free> free,
                List<CharDfa> needs,
                int least,
                int most) {
            this.needs = List.copyOf(needs);
            this.names = List.copyOf(named.keySet());
            this.goals = List.copyOf(named.values());
            this.required = Set.copyOf(required);
            this.free = List.copyOf(free);
            this.least = least;
            this.most = most;
        }

        List<String> names() {
            return names;
        }

        Goal.All goals(int name) {
            return goals.get(name);
        }

        boolean isRequired(int name) {
            return required.contains(names.get(name));
        }

        /** Needs that a property of this name meets, as bits. */
        long meets(String name) {
            long meets = 0;
            for (int i = 0; i < needs.size(); i++) {
                meets |= needs.get(i).matches(name) ? 1L << i : 0;
            }
            return meets;
        }

        /** How many properties meet these needs, where each next one is one that meets the most; all can be met. */
        static int cover(long pending, Collection<Long> candidates) {
            int count = 0;
            long left = pending;
            while (left != 0) {
                long best = 0;
                for (long candidate : candidates) {
                    best = Long.bitCount(candidate & left) > Long.bitCount(best) ? candidate & left : best;
                }
                if (best == 0) {
                    return Integer.MAX_VALUE / 2;
                }
                left &= ~best;
                count++;
            }
            return count;
        }

        /** All needs, as bits. */
        long needs() {
            return (1L << needs.size()) - 1;
        }

        List<Free> free() {
            return free;
        }

        int least() {
            return least;
        }

        int most() {
            return most;
        }

        @Override
        public Stream<Goal.All> parts() {
            return Stream.concat(goals.stream(), free.stream().map(Free::goals));
        }

        @Override
        public boolean isPossible(Set<Goal.All> possible) {
            int room = 0;
            long met = 0;
            long sure = 0;
            for (int i = 0; i < names.size(); i++) {
                if (possible.contains(goals.get(i))) {
                    room++;
                    met |= meets(names.get(i));
                    sure |= isRequired(i) ? meets(names.get(i)) : 0;
                } else if (isRequired(i)) {
                    return false;
                }
            }
            List<Long> candidates = new ArrayList<>();
            for (int i = 0; i < names.size(); i++) {
                candidates.add(possible.contains(goals.get(i)) ? meets(names.get(i)) : 0L);
            }
            boolean open = false;
            for (Free one : free) {
                boolean there = possible.contains(one.goals());
                open |= there;
                met |= there ? one.meets() : 0;
                candidates.add(there ? one.meets() : 0L);
            }
            return met == needs()
                    && required.size() + cover(needs() & ~sure, candidates) <= most
                    && (open || room >= least);
        }
    }
}
