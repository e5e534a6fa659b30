package dev.sharegpt4v.runtime.grammar;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What may still be to come, as stacks that share their parts: equal ones are one object.
 *
 * <p>A stack is a set of frames, each an expression that is next and the stack of what comes after it. Frames with an equal
 * expression are one, so the stacks of an ambiguous grammar grow like a graph and not like a tree (a graph-structured stack,
 * Tomita 1985).
 */
final class Stacks {

    /**
     * A set of frames.
     *
     * @param frames in the order of their numbers
     * @param bottom whether nothing more need come
     */
    record Stack(Frame[] frames, boolean bottom, int hash) {

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** An expression and what comes after it. */
    record Frame(int number, Expression head, Stack below) {

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return number;
        }
    }

    private record FrameKey(Expression head, Stack below) {}

    private record StackKey(Frame[] frames, boolean bottom) {

        @Override
        public boolean equals(Object other) {
            return other instanceof StackKey key && bottom == key.bottom && Arrays.equals(frames, key.frames);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(frames) * 2 + (bottom ? 1 : 0);
        }
    }

    private record Both(Stack one, Stack other) {}

    private static final Comparator<Frame> BY_NUMBER = Comparator.comparingInt(Frame::number);
    private static final Frame[] NONE = new Frame[0];

    private final Map<FrameKey, Frame> frames = new HashMap<>();
    private final Map<StackKey, Stack> stacks = new HashMap<>();
    private final Map<Both, Stack> unions = new HashMap<>();
    private int numbers;

    /** Nothing more comes. */
    Stack empty() {
        return intern(NONE, true);
    }

    /** One expression, then what is below. */
    Stack push(Expression head, Stack below) {
        return intern(new Frame[] {frame(head, below)}, false);
    }

    /** What a collection of heads, each with what comes after it, is as a stack. */
    Stack of(Map<Expression, Stack> parts, boolean bottom) {
        Frame[] all = new Frame[parts.size()];
        int count = 0;
        for (Map.Entry<Expression, Stack> part : parts.entrySet()) {
            all[count++] = frame(part.getKey(), part.getValue());
        }
        Arrays.sort(all, BY_NUMBER);
        return intern(all, bottom);
    }

    /** What may come in either. */
    Stack union(Stack one, Stack other, Work work) {
        if (one.equals(other)) {
            return one;
        }
        Stack known = unions.get(new Both(one, other));
        if (known != null) {
            return known;
        }
        work.spend(one.frames().length + other.frames().length);
        Map<Expression, Stack> parts = new LinkedHashMap<>();
        for (Frame frame : one.frames()) {
            parts.put(frame.head(), frame.below());
        }
        for (Frame frame : other.frames()) {
            add(parts, frame.head(), frame.below(), work);
        }
        Stack union = of(parts, one.bottom() || other.bottom());
        unions.put(new Both(one, other), union);
        return union;
    }

    /** Adds a frame to a collection; one with an equal head takes what comes after this one too. */
    void add(Map<Expression, Stack> parts, Expression head, Stack below, Work work) {
        Stack before = parts.putIfAbsent(head, below);
        if (before != null && !before.equals(below)) {
            parts.put(head, union(before, below, work));
        }
    }

    /** How much is held. */
    int size() {
        return frames.size() + stacks.size() + unions.size();
    }

    /** Forgets what was shared; stacks that are in use stay good. */
    void clear() {
        frames.clear();
        stacks.clear();
        unions.clear();
    }

    private Frame frame(Expression head, Stack below) {
        return frames.computeIfAbsent(new FrameKey(head, below), key -> new Frame(numbers++, key.head(), key.below()));
    }

    private Stack intern(Frame[] all, boolean bottom) {
        StackKey key = new StackKey(all, bottom);
        return stacks.computeIfAbsent(key, missing -> new Stack(all, bottom, missing.hashCode()));
    }
}
