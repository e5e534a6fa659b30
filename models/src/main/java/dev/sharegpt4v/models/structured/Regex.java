package dev.sharegpt4v.models.structured;

import java.util.ArrayList;
import java.util.List;

/** A regular expression over code points, taken apart. */
sealed interface Regex {

    /** One character of a set. */
    record Chars(CharSet set) implements Regex {}

    /** One after the other; nothing at all when there are none. */
    record Sequence(List<Regex> parts) implements Regex {}

    /** One of several. */
    record Choice(List<Regex> options) implements Regex {}

    /**
     * The same over and over.
     *
     * @param most {@link #UNBOUNDED} for any number
     */
    record Repeat(Regex part, int least, int most) implements Regex {}

    /** Nothing, at the beginning of the text. */
    record Start() implements Regex {}

    /** Nothing, at the end of the text. */
    record End() implements Regex {}

    int UNBOUNDED = Integer.MAX_VALUE;

    static Regex sequence(Regex... parts) {
        return new Sequence(List.of(parts));
    }

    static Regex choice(Regex... options) {
        return new Choice(List.of(options));
    }

    static Regex text(String text) {
        List<Regex> parts = new ArrayList<>();
        text.codePoints().forEach(point -> parts.add(new Chars(CharSet.of(point))));
        return new Sequence(parts);
    }
}
