package dev.sharegpt4v.models.structured;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Values of one type that meet a schema; a schema is a choice of shapes. Equal only to themselves. */
sealed interface Shape {

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
     */
    record Free(CharDfa names, Goal.All goals) {}

    /** An object. */
    final class Dictionary implements Shape {
        private final List<String> names;
        private final List<Goal.All> goals;
        private final Set<String> required;
        private final List<Free> free;
        private final int least;
        private final int most;

        Dictionary(Map<String, Goal.All> named, Set<String> required, List<Free> free, int least, int most) {
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

        int requiredCount() {
            return required.size();
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
            for (int i = 0; i < names.size(); i++) {
                if (possible.contains(goals.get(i))) {
                    room++;
                } else if (isRequired(i)) {
                    return false;
                }
            }
            boolean open = free.stream().anyMatch(one -> possible.contains(one.goals()));
            return required.size() <= most && (open || room >= least);
        }
    }
}
