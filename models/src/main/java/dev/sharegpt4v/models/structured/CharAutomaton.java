package dev.sharegpt4v.models.structured;

import dev.sharegpt4v.runtime.grammar.ByteAutomaton;
import dev.sharegpt4v.runtime.grammar.Expression;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The texts of a {@link CharDfa} as bytes: in UTF-8, or as they stand between the quotes of a JSON string, where any
 * character may also be escaped. States come to be as they are met.
 *
 * <p>Only well-formed UTF-8 is followed: no overlong forms, no surrogates; and escaped surrogates only in pairs.
 */
final class CharAutomaton implements ByteAutomaton {

    /** Where in a character's bytes a state stands. */
    private enum Phase {
        /** Between characters. */
        BETWEEN,
        /** Within a character in UTF-8: some six-bit groups are still to come. */
        BYTES,
        /** After a backslash. */
        ESCAPE,
        /** Within four hexadecimal digits. */
        DIGITS,
        /** After a high surrogate: a backslash must come. */
        LOW_BACKSLASH,
        /** Then a u. */
        LOW_LETTER,
        /** Then the digits of a low surrogate. */
        LOW_DIGITS
    }

    /**
     * A state.
     *
     * @param from the automaton's state before this character, or where the character leads whatever comes
     * @param first first code point that may still come of it
     * @param last last of them; 0 when all lead to {@code from}
     * @param left bytes or digits that are still to come
     */
    private record Place(Phase phase, int from, int first, int last, int left) {}

    private static final int HIGH = 0xd800;
    private static final int LOW = 0xdc00;
    private static final int AFTER_SURROGATES = 0xe000;
    private static final String SHORT_ESCAPES = "\"\\/bfnrt";
    private static final String SHORT_MEANINGS = "\"\\/\b\f\n\r\t";

    private final CharDfa dfa;
    private final boolean inJson;
    private final List<Place> places = new ArrayList<>();
    private final Map<Place, Integer> names = new HashMap<>();

    private CharAutomaton(CharDfa dfa, boolean inJson) {
        this.dfa = dfa;
        this.inJson = inJson;
        between(0);
    }

    /** Texts in UTF-8; there must be one. */
    static Expression plain(CharDfa dfa) {
        return new Expression.Regular(new CharAutomaton(dfa, false), 0);
    }

    /** Texts between the quotes of a JSON string; there must be one. */
    static Expression inJson(CharDfa dfa) {
        return new Expression.Regular(new CharAutomaton(dfa, true), 0);
    }

    @Override
    public boolean accepts(int state) {
        Place place = places.get(state);
        return place.phase() == Phase.BETWEEN && dfa.accepts(place.from());
    }

    @Override
    public int step(int state, int value) {
        Place place = places.get(state);
        return switch (place.phase()) {
            case BETWEEN -> begin(place.from(), value);
            case BYTES -> value >> 6 == 2 ? narrow(place, 6, value & 0x3f) : DEAD;
            case ESCAPE -> escape(place.from(), value);
            case DIGITS -> Character.digit(value, 16) < 0 ? DEAD : digit(place, Character.digit(value, 16));
            case LOW_BACKSLASH -> value == '\\' ? name(with(place, Phase.LOW_LETTER)) : DEAD;
            case LOW_LETTER -> value == 'u' ? name(with(place, Phase.LOW_DIGITS)) : DEAD;
            case LOW_DIGITS -> Character.digit(value, 16) < 0 ? DEAD : lowDigit(place, Character.digit(value, 16));
        };
    }

    private int begin(int from, int value) {
        if (inJson && value == '\\') {
            return dfa.leadsOn(from, 0, Character.MAX_CODE_POINT) ? name(new Place(Phase.ESCAPE, from, 0, 0, 0)) : DEAD;
        }
        if (value < 0x80) {
            return inJson && (value < 0x20 || value == '"') ? DEAD : between(dfa.step(from, value));
        }
        if (value < 0xc2 || value > 0xf4) {
            return DEAD;
        }
        int left = value < 0xe0 ? 1 : value < 0xf0 ? 2 : 3;
        int lead = value & (0x3f >> left);
        int first = Math.max(lead << 6 * left, left == 1 ? 0x80 : left == 2 ? 0x800 : 0x10000);
        int last = Math.min((lead + 1 << 6 * left) - 1, Character.MAX_CODE_POINT);
        return partial(from, first, last, left);
    }

    /** A state within a character of which so many bytes are to come. */
    private int partial(int from, int first, int last, int left) {
        if (left == 0) {
            return between(dfa.step(from, first));
        }
        if (!dfa.leadsOn(from, first, last)) {
            return DEAD;
        }
        int common = dfa.commonTarget(from, first, last);
        boolean whole = common != CharDfa.DEAD && last - first + 1 == 1 << 6 * left;
        return name(
                whole ? new Place(Phase.BYTES, common, 0, 0, left) : new Place(Phase.BYTES, from, first, last, left));
    }

    private int narrow(Place place, int bits, int value) {
        int left = place.left() - 1;
        if (place.last() == 0) {
            return left == 0 ? between(place.from()) : name(new Place(Phase.BYTES, place.from(), 0, 0, left));
        }
        int base = place.first() >> bits * place.left() << bits * place.left();
        int first = Math.max(place.first(), base + (value << bits * left));
        int last = Math.min(place.last(), base + (value + 1 << bits * left) - 1);
        return first > last ? DEAD : partial(place.from(), first, last, left);
    }

    private int escape(int from, int value) {
        if (value == 'u') {
            return name(new Place(Phase.DIGITS, from, 0, 0xffff, 4));
        }
        int at = SHORT_ESCAPES.indexOf(value);
        return at < 0 ? DEAD : between(dfa.step(from, SHORT_MEANINGS.charAt(at)));
    }

    /** Units [first, last] may come of the digits so far; those that are high surrogates need a low one after them. */
    private int digit(Place place, int value) {
        int left = place.left() - 1;
        int first = place.first() + (value << 4 * left);
        int last = first + (1 << 4 * left) - 1;
        if (left > 0) {
            boolean possible = dfa.leadsOn(place.from(), first, last) || leadsOnInPairs(place.from(), first, last);
            return possible ? name(new Place(Phase.DIGITS, place.from(), first, last, left)) : DEAD;
        }
        if (first >= HIGH && first < LOW) {
            return leadsOnInPairs(place.from(), first, first)
                    ? name(new Place(Phase.LOW_BACKSLASH, place.from(), pairs(first), pairs(first + 1) - 1, 4))
                    : DEAD;
        }
        return first >= LOW && first < AFTER_SURROGATES ? DEAD : between(dfa.step(place.from(), first));
    }

    private boolean leadsOnInPairs(int from, int first, int last) {
        int high = Math.max(first, HIGH);
        int highest = Math.min(last, LOW - 1);
        return high <= highest && dfa.leadsOn(from, pairs(high), pairs(highest + 1) - 1);
    }

    /** The first code point of a high surrogate. */
    private static int pairs(int high) {
        return (high - HIGH << 10) + 0x10000;
    }

    private int lowDigit(Place place, int value) {
        int left = place.left() - 1;
        if (left == 3) {
            boolean possible = value == 0xd && dfa.leadsOn(place.from(), place.first(), place.last());
            return possible ? name(new Place(Phase.LOW_DIGITS, place.from(), place.first(), place.last(), left)) : DEAD;
        }
        // The second digit, from C to F, holds two of the ten bits.
        int bits = left == 2 ? value - 0xc : value;
        if (bits < 0) {
            return DEAD;
        }
        int first = place.first() + (bits << 4 * left);
        int last = first + (1 << 4 * left) - 1;
        if (left == 0) {
            return between(dfa.step(place.from(), first));
        }
        return dfa.leadsOn(place.from(), first, last)
                ? name(new Place(Phase.LOW_DIGITS, place.from(), first, last, left))
                : DEAD;
    }

    private static Place with(Place place, Phase phase) {
        return new Place(phase, place.from(), place.first(), place.last(), place.left());
    }

    private int between(int state) {
        return state == CharDfa.DEAD ? DEAD : name(new Place(Phase.BETWEEN, state, 0, 0, 0));
    }

    private int name(Place place) {
        Integer known = names.get(place);
        if (known == null) {
            known = places.size();
            names.put(place, known);
            places.add(place);
        }
        return known;
    }
}
