package dev.sharegpt4v.models.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A text that knows which of its characters came from a caller; equal to every text of the same characters. */
public final class Text implements Value {

    private static final int[] NOTHING = {};
    static final Text EMPTY = new Text("", NOTHING);

    private final String chars;
    /** Where foreign characters begin and end, by turns, in order. */
    private final int[] foreign;

    private Text(String chars, int[] foreign) {
        this.chars = chars;
        this.foreign = foreign;
    }

    /** A text of a template's. */
    public static Text own(String chars) {
        return new Text(chars, NOTHING);
    }

    /** A text of a caller's. */
    public static Text foreign(String chars) {
        return new Text(chars, chars.isEmpty() ? NOTHING : new int[] {0, chars.length()});
    }

    /** Its characters. */
    public String chars() {
        return chars;
    }

    /** Its length in Java's characters. */
    public int length() {
        return chars.length();
    }

    boolean isEmpty() {
        return chars.isEmpty();
    }

    /** Whether any character of it came from a caller. */
    boolean isForeign() {
        return foreign.length > 0;
    }

    /** Whether any character of a range came from a caller. */
    public boolean isForeign(int from, int to) {
        int first = firstRange(from);
        return first < foreign.length && foreign[first] < to;
    }

    /** Where the first range stands that ends after a place. */
    private int firstRange(int from) {
        int low = 0;
        int high = foreign.length / 2;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (foreign[2 * middle + 1] <= from) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return 2 * low;
    }

    /** Other characters that were made of this text: a caller's wherever one of them was. */
    Text changed(String other) {
        return chars.equals(other) ? this : isForeign() ? foreign(other) : own(other);
    }

    /** A part of it. */
    public Text slice(int from, int to) {
        if (from >= to) {
            return EMPTY;
        }
        if (from == 0 && to == chars.length()) {
            return this;
        }
        Builder part = new Builder();
        part.append(this, from, to);
        return part.build();
    }

    Text plus(Text other, Work work) {
        work.text((long) length() + other.length());
        work.characters(4L * (foreign.length + other.foreign.length));
        Builder both = new Builder();
        both.append(this, 0, length());
        both.append(other, 0, other.length());
        return both.build();
    }

    /** Texts with newlines between them. */
    public static Text lines(List<Text> texts) {
        Builder all = new Builder();
        for (int i = 0; i < texts.size(); i++) {
            all.append(i > 0 ? own("\n") : EMPTY, 0, i > 0 ? 1 : 0);
            all.append(texts.get(i), 0, texts.get(i).length());
        }
        return all.build();
    }

    /** This text and another after it. */
    public Text plus(Text other) {
        Builder both = new Builder();
        both.append(this, 0, length());
        both.append(other, 0, other.length());
        return both.build();
    }

    static Text join(List<Text> texts, Text between, Work work) {
        Builder all = new Builder();
        for (int i = 0; i < texts.size(); i++) {
            if (i > 0) {
                all.append(between, work);
            }
            all.append(texts.get(i), work);
        }
        return all.build();
    }

    List<Text> characters(Work work) {
        work.items(length());
        List<Text> all = new ArrayList<>();
        for (int at = 0; at < chars.length(); ) {
            int next = chars.offsetByCodePoints(at, 1);
            all.add(slice(at, next));
            at = next;
        }
        return all;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Text text && text.chars.equals(chars);
    }

    @Override
    public int hashCode() {
        return chars.hashCode();
    }

    @Override
    public String toString() {
        return chars;
    }

    /** Puts a text together. */
    static final class Builder {
        private final StringBuilder chars = new StringBuilder();
        private int[] foreign = new int[8];
        private int size;

        int length() {
            return chars.length();
        }

        void append(Text text, Work work) {
            work.room((long) chars.length() + text.length());
            work.characters(text.length() + 4L * text.foreign.length);
            append(text, 0, text.length());
        }

        void append(Text text, int from, int to) {
            int shift = chars.length() - from;
            for (int i = text.firstRange(from); i < text.foreign.length && text.foreign[i] < to; i += 2) {
                int begin = Math.max(from, text.foreign[i]);
                int end = Math.min(to, text.foreign[i + 1]);
                if (begin < end) {
                    mark(begin + shift, end + shift);
                }
            }
            chars.append(text.chars, from, to);
        }

        private void mark(int begin, int end) {
            if (size > 0 && foreign[size - 1] == begin) {
                foreign[size - 1] = end;
                return;
            }
            if (size == foreign.length) {
                foreign = Arrays.copyOf(foreign, 2 * size);
            }
            foreign[size++] = begin;
            foreign[size++] = end;
        }

        Text build() {
            return new Text(chars.toString(), Arrays.copyOf(foreign, size));
        }
    }
}
