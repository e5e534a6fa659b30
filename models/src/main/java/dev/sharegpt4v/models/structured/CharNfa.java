package dev.sharegpt4v.models.structured;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A non-deterministic automaton of an expression (Thompson 1968), and its determinisation. Used once. */
final class CharNfa {

    private static final int MOST_STATES = 400_000;

    /** What an edge asks for. */
    private enum Kind {
        CHARS,
        FREE,
        AT_START,
        AT_END
    }

    private record Edge(Kind kind, CharSet chars, int target) {}

    private final Budget budget;
    private final List<List<Edge>> edges = new ArrayList<>();
    private boolean[] marks = new boolean[0];
    private int last;

    CharNfa(Budget budget) {
        this.budget = budget;
    }

    CharDfa matching(Regex regex, boolean anywhere) {
        int first = state();
        int begin = anywhere ? state() : first;
        if (anywhere) {
            edge(first, Kind.CHARS, CharDfa.SCALARS, first);
            free(first, begin);
        }
        last = state();
        free(add(regex, begin), last);
        if (anywhere) {
            edge(last, Kind.CHARS, CharDfa.SCALARS, last);
        }
        return determinise(first, anywhere);
    }

    private int state() {
        budget.spend(1);
        if (edges.size() >= MOST_STATES) {
            throw StructureException.tooComplex("", "the expression is too large");
        }
        edges.add(new ArrayList<>(2));
        return edges.size() - 1;
    }

    private void edge(int from, Kind kind, CharSet chars, int to) {
        edges.get(from).add(new Edge(kind, chars, to));
    }

    private void free(int from, int to) {
        edge(from, Kind.FREE, CharSet.NONE, to);
    }

    /** Adds what an expression matches after a state; gives the state after it. */
    private int add(Regex regex, int from) {
        return switch (regex) {
            case Regex.Chars(CharSet set) -> {
                int to = state();
                CharSet scalars = set.and(CharDfa.SCALARS);
                if (!scalars.isEmpty()) {
                    edge(from, Kind.CHARS, scalars, to);
                }
                yield to;
            }
            case Regex.Sequence(List<Regex> parts) -> {
                int at = from;
                for (Regex part : parts) {
                    at = add(part, at);
                }
                yield at;
            }
            case Regex.Choice(List<Regex> options) -> {
                int to = state();
                for (Regex option : options) {
                    int begin = state();
                    free(from, begin);
                    free(add(option, begin), to);
                }
                yield to;
            }
            case Regex.Repeat(Regex part, int least, int most) -> repeat(part, least, most, from);
            case Regex.Start() -> assertion(Kind.AT_START, from);
            case Regex.End() -> assertion(Kind.AT_END, from);
        };
    }

    private int assertion(Kind kind, int from) {
        int to = state();
        edge(from, kind, CharSet.NONE, to);
        return to;
    }

    private int repeat(Regex part, int least, int most, int from) {
        int at = from;
        for (int i = 0; i < least; i++) {
            at = add(part, at);
        }
        if (most == Regex.UNBOUNDED) {
            int loop = state();
            free(at, loop);
            free(add(part, loop), loop);
            int to = state();
            free(loop, to);
            return to;
        }
        int to = state();
        free(at, to);
        for (int i = least; i < most; i++) {
            at = add(part, at);
            free(at, to);
        }
        return to;
    }

    private record Members(int[] states) {

        @Override
        public boolean equals(Object other) {
            return other instanceof Members(int[] theirs) && Arrays.equals(states, theirs);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(states);
        }
    }

    private CharDfa determinise(int first, boolean anywhere) {
        Map<Members, Integer> names = new HashMap<>();
        List<Members> sets = new ArrayList<>();
        CharDfa.Builder builder = new CharDfa.Builder(budget);
        // The first set is like no other, since only there the text begins; it gets no name.
        sets.add(closure(new int[] {first}, true, false, false));
        for (int i = 0; i < sets.size(); i++) {
            Members set = sets.get(i);
            boolean accepts = contains(closure(set.states(), i == 0, true, false), last);
            builder.add(runs(set, names, sets, anywhere), accepts);
        }
        return builder.build();
    }

    private static boolean contains(Members set, int state) {
        return Arrays.binarySearch(set.states(), state) >= 0;
    }

    private SortedMap<Integer, Integer> runs(
            Members set, Map<Members, Integer> names, List<Members> sets, boolean anywhere) {
        TreeMap<Integer, List<Edge>> begins = new TreeMap<>();
        TreeMap<Integer, List<Edge>> ends = new TreeMap<>();
        begins.put(0, new ArrayList<>());
        for (int state : set.states()) {
            for (Edge edge : edges.get(state)) {
                int[] bounds = edge.chars().bounds();
                for (int i = 0; edge.kind() == Kind.CHARS && i < bounds.length; i += 2) {
                    budget.spend(1);
                    begins.computeIfAbsent(bounds[i], key -> new ArrayList<>()).add(edge);
                    if (bounds[i + 1] < CharSet.LIMIT) {
                        begins.computeIfAbsent(bounds[i + 1], key -> new ArrayList<>());
                        ends.computeIfAbsent(bounds[i + 1], key -> new ArrayList<>())
                                .add(edge);
                    }
                }
            }
        }
        TreeMap<Integer, Integer> runs = new TreeMap<>();
        Map<Integer, Integer> active = new HashMap<>();
        begins.forEach((low, starting) -> {
            ends.getOrDefault(low, List.of())
                    .forEach(edge ->
                            active.computeIfPresent(edge.target(), (target, count) -> count == 1 ? null : count - 1));
            starting.forEach(edge -> active.merge(edge.target(), 1, Integer::sum));
            runs.put(low, active.isEmpty() ? CharDfa.DEAD : name(active, names, sets, anywhere));
        });
        return runs;
    }

    private int name(Map<Integer, Integer> active, Map<Members, Integer> names, List<Members> sets, boolean anywhere) {
        int[] targets = active.keySet().stream().mapToInt(Integer::intValue).toArray();
        budget.spend(targets.length);
        Members set = closure(targets, false, false, anywhere);
        Integer known = names.get(set);
        if (known == null) {
            known = sets.size();
            names.put(set, known);
            sets.add(set);
        }
        return known;
    }

    /** All that is reached without a character; once a match was found anywhere, only that matters. */
    private Members closure(int[] from, boolean atStart, boolean atEnd, boolean anywhere) {
        boolean[] seen = marks;
        if (seen.length < edges.size()) {
            seen = new boolean[edges.size()];
            marks = seen;
        }
        int[] found = new int[Math.max(16, from.length * 2)];
        int size = 0;
        for (int state : from) {
            if (!seen[state]) {
                seen[state] = true;
                found = room(found, size);
                found[size++] = state;
            }
        }
        for (int i = 0; i < size; i++) {
            for (Edge edge : edges.get(found[i])) {
                boolean passes = edge.kind() == Kind.FREE
                        || (edge.kind() == Kind.AT_START && atStart)
                        || (edge.kind() == Kind.AT_END && atEnd);
                if (passes && !seen[edge.target()]) {
                    seen[edge.target()] = true;
                    found = room(found, size);
                    found[size++] = edge.target();
                }
            }
        }
        budget.spend(size);
        for (int i = 0; i < size; i++) {
            seen[found[i]] = false;
        }
        int[] states = Arrays.copyOf(found, size);
        Arrays.sort(states);
        Members set = new Members(states);
        return anywhere && contains(set, last) ? new Members(new int[] {last}) : set;
    }

    private static int[] room(int[] found, int size) {
        return size == found.length ? Arrays.copyOf(found, size * 2) : found;
    }
}
