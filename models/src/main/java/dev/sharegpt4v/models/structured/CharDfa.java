package dev.sharegpt4v.models.structured;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A set of texts as a deterministic automaton over Unicode scalar values. State 0 is the first; every state leads to an
 * accepting one, but for the first of the empty set. Immutable.
 */
final class CharDfa {

    static final int DEAD = -1;

    /** Surrogates are no characters. */
    static final CharSet SCALARS = CharSet.range(0xd800, 0xdfff).not();

    /** All texts. */
    static final CharDfa ANY =
            new CharDfa(new int[][] {lows(SCALARS)}, new int[][] {{0, DEAD, 0}}, new boolean[] {true});
    /** No text. */
    static final CharDfa NONE = new CharDfa(new int[][] {{0}}, new int[][] {{DEAD}}, new boolean[] {false});

    private static final int MOST_STATES = 60_000;

    private final int[][] lows;
    private final int[][] targets;
    private final boolean[] accepting;

    private CharDfa(int[][] lows, int[][] targets, boolean[] accepting) {
        this.lows = lows;
        this.targets = targets;
        this.accepting = accepting;
    }

    private static int[] lows(CharSet set) {
        return Arrays.copyOf(set.bounds(), 3);
    }

    /** How two sets become one. */
    enum Operation {
        AND,
        OR,
        MINUS;

        boolean of(boolean one, boolean other) {
            return switch (this) {
                case AND -> one && other;
                case OR -> one || other;
                case MINUS -> one && !other;
            };
        }
    }

    /** Builds automata state by state. */
    static final class Builder {
        private final Budget budget;
        private final List<int[]> lows = new ArrayList<>();
        private final List<int[]> targets = new ArrayList<>();
        private final List<Boolean> accepting = new ArrayList<>();

        Builder(Budget budget) {
            this.budget = budget;
        }

        /** The next state: where code points lead, by the first of each run of them; the first run begins at 0. */
        void add(SortedMap<Integer, Integer> runs, boolean accepts) {
            budget.spend(runs.size() + 1L);
            if (lows.size() >= MOST_STATES) {
                throw StructureException.tooComplex(
                        "", "it needs an automaton of more than " + MOST_STATES + " states");
            }
            int[] low = new int[runs.size()];
            int[] target = new int[runs.size()];
            int size = 0;
            for (Map.Entry<Integer, Integer> run : runs.entrySet()) {
                if (size == 0 || target[size - 1] != run.getValue()) {
                    low[size] = run.getKey();
                    target[size++] = run.getValue();
                }
            }
            lows.add(Arrays.copyOf(low, size));
            targets.add(Arrays.copyOf(target, size));
            accepting.add(accepts);
        }

        CharDfa build() {
            boolean[] accepts = new boolean[accepting.size()];
            for (int i = 0; i < accepts.length; i++) {
                accepts[i] = accepting.get(i);
            }
            return live(lows.toArray(int[][]::new), targets.toArray(int[][]::new), accepts);
        }
    }

    /** The same without states that lead nowhere, and numbered anew. */
    private static CharDfa live(int[][] lows, int[][] targets, boolean[] accepting) {
        int[] name = new int[accepting.length];
        Arrays.fill(name, DEAD);
        List<List<Integer>> into = new ArrayList<>();
        for (int state = 0; state < accepting.length; state++) {
            into.add(new ArrayList<>());
        }
        ArrayDeque<Integer> open = new ArrayDeque<>();
        for (int state = 0; state < accepting.length; state++) {
            for (int target : targets[state]) {
                if (target != DEAD) {
                    into.get(target).add(state);
                }
            }
            if (accepting[state]) {
                name[state] = 0;
                open.add(state);
            }
        }
        for (Integer state = open.poll(); state != null; state = open.poll()) {
            for (int before : into.get(state)) {
                if (name[before] == DEAD) {
                    name[before] = 0;
                    open.add(before);
                }
            }
        }
        if (name[0] == DEAD) {
            return NONE;
        }
        int count = 0;
        for (int state = 0; state < name.length; state++) {
            name[state] = name[state] == DEAD ? DEAD : count++;
        }
        int[][] newLows = new int[count][];
        int[][] newTargets = new int[count][];
        boolean[] newAccepting = new boolean[count];
        for (int state = 0; state < name.length; state++) {
            if (name[state] != DEAD) {
                int[] low = new int[targets[state].length];
                int[] renamed = new int[low.length];
                int size = 0;
                for (int i = 0; i < low.length; i++) {
                    int target = targets[state][i] == DEAD ? DEAD : name[targets[state][i]];
                    if (size == 0 || renamed[size - 1] != target) {
                        low[size] = lows[state][i];
                        renamed[size++] = target;
                    }
                }
                newLows[name[state]] = Arrays.copyOf(low, size);
                newTargets[name[state]] = Arrays.copyOf(renamed, size);
                newAccepting[name[state]] = accepting[state];
            }
        }
        return new CharDfa(newLows, newTargets, newAccepting);
    }

    /** The texts that an expression matches as wholes. */
    static CharDfa matching(Regex regex, Budget budget) {
        return new CharNfa(budget).matching(regex, false);
    }

    /** The texts in which an expression finds a match. */
    static CharDfa containing(Regex regex, Budget budget) {
        return new CharNfa(budget).matching(regex, true);
    }

    /** These texts. */
    static CharDfa of(Collection<String> texts, Budget budget) {
        List<TreeMap<Integer, Integer>> edges = new ArrayList<>();
        List<Boolean> accepts = new ArrayList<>();
        edges.add(new TreeMap<>());
        accepts.add(false);
        for (String text : texts) {
            int state = 0;
            budget.spend(text.length() + 1L);
            for (int point : text.codePoints().toArray()) {
                Integer known = edges.get(state).get(point);
                if (known == null) {
                    known = edges.size();
                    edges.get(state).put(point, known);
                    edges.add(new TreeMap<>());
                    accepts.add(false);
                }
                state = known;
            }
            accepts.set(state, true);
        }
        Builder builder = new Builder(budget);
        for (int state = 0; state < edges.size(); state++) {
            TreeMap<Integer, Integer> runs = new TreeMap<>(Map.of(0, DEAD));
            edges.get(state).forEach((point, target) -> {
                runs.put(point, SCALARS.contains(point) ? target : DEAD);
                runs.putIfAbsent(point + 1, DEAD);
            });
            // A later point may have put its own run where an earlier one ended.
            builder.add(runs, accepts.get(state));
        }
        return builder.build();
    }

    /** Texts of so many characters. */
    static CharDfa ofLength(int least, int most, Budget budget) {
        return matching(new Regex.Repeat(new Regex.Chars(CharSet.ALL), least, most), budget);
    }

    CharDfa and(CharDfa other, Budget budget) {
        return combine(other, Operation.AND, budget);
    }

    CharDfa or(CharDfa other, Budget budget) {
        return combine(other, Operation.OR, budget);
    }

    CharDfa minus(CharDfa other, Budget budget) {
        return combine(other, Operation.MINUS, budget);
    }

    CharDfa not(Budget budget) {
        return ANY.minus(this, budget);
    }

    private CharDfa combine(CharDfa other, Operation operation, Budget budget) {
        if (operation == Operation.AND && (this == ANY || other == ANY)) {
            return this == ANY ? other : this;
        }
        Map<Long, Integer> names = new HashMap<>();
        List<long[]> pairs = new ArrayList<>();
        Builder builder = new Builder(budget);
        name(0, 0, names, pairs);
        for (int i = 0; i < pairs.size(); i++) {
            int mine = (int) pairs.get(i)[0];
            int theirs = (int) pairs.get(i)[1];
            TreeMap<Integer, Integer> runs = new TreeMap<>();
            int[] myLows = mine == DEAD ? new int[] {0} : lows[mine];
            int[] theirLows = theirs == DEAD ? new int[] {0} : other.lows[theirs];
            int a = 0;
            int b = 0;
            int low = 0;
            while (low < CharSet.LIMIT) {
                int one = mine == DEAD ? DEAD : targets[mine][a];
                int two = theirs == DEAD ? DEAD : other.targets[theirs][b];
                boolean hopeless =
                        (one == DEAD && operation != Operation.OR) || (two == DEAD && operation == Operation.AND);
                boolean dead = hopeless || (one == DEAD && two == DEAD);
                runs.put(low, dead ? DEAD : name(one, two, names, pairs));
                int nextA = a + 1 < myLows.length ? myLows[a + 1] : CharSet.LIMIT;
                int nextB = b + 1 < theirLows.length ? theirLows[b + 1] : CharSet.LIMIT;
                low = Math.min(nextA, nextB);
                a += nextA == low ? 1 : 0;
                b += nextB == low ? 1 : 0;
            }
            builder.add(runs, operation.of(mine != DEAD && accepting[mine], theirs != DEAD && other.accepting[theirs]));
        }
        return builder.build();
    }

    private static int name(int one, int two, Map<Long, Integer> names, List<long[]> pairs) {
        long key = (long) one << 32 | (two & 0xffffffffL);
        Integer known = names.get(key);
        if (known != null) {
            return known;
        }
        names.put(key, pairs.size());
        pairs.add(new long[] {one, two});
        return pairs.size() - 1;
    }

    boolean isEmpty() {
        return accepting.length == 1 && !accepting[0] && targets[0].length == 1;
    }

    boolean accepts(int state) {
        return accepting[state];
    }

    /** Where a code point leads, or {@link #DEAD}. */
    int step(int state, int codePoint) {
        return targets[state][run(state, codePoint)];
    }

    private int run(int state, int codePoint) {
        int at = Arrays.binarySearch(lows[state], codePoint);
        return at >= 0 ? at : -at - 2;
    }

    /** Whether any code point of a range leads on. */
    boolean leadsOn(int state, int first, int last) {
        for (int i = run(state, first); i < lows[state].length && lows[state][i] <= last; i++) {
            if (targets[state][i] != DEAD) {
                return true;
            }
        }
        return false;
    }

    /** Where all code points of a range lead; {@link #DEAD} when not all lead to one place. */
    int commonTarget(int state, int first, int last) {
        int i = run(state, first);
        boolean whole = i + 1 == lows[state].length || lows[state][i + 1] > last;
        return whole ? targets[state][i] : DEAD;
    }

    boolean matches(String text) {
        int state = 0;
        for (int i = 0; i < text.length() && state != DEAD; i += Character.charCount(text.codePointAt(i))) {
            state = step(state, text.codePointAt(i));
        }
        return state != DEAD && accepting[state];
    }
}
