package dev.sharegpt4v.models.structured;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads regular expressions as ECMA-262 writes them with the {@code u} flag, as far as they describe regular languages.
 *
 * <p>Back references, look-around and word boundaries are refused by their position. Lazy quantifiers mean what greedy ones
 * do, since only whole matches count.
 */
final class RegexParser {

    private static final int DEEPEST = 200;
    private static final int LONGEST = 1 << 16;
    private static final int MOST_REPEATS = 100_000;
    private static final CharSet LINE_ENDS = CharSet.of("\n\r\u2028\u2029");
    static final CharSet DIGITS = CharSet.range('0', '9');
    static final CharSet WORD =
            DIGITS.or(CharSet.range('a', 'z')).or(CharSet.range('A', 'Z')).or(CharSet.of('_'));
    static final CharSet SPACES = CharSet.of("\t\n\u000b\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff")
            .or(CharSet.range(0x2000, 0x200a));

    private final int[] pattern;
    private int at;
    private int depth;

    private RegexParser(String pattern) {
        this.pattern = pattern.codePoints().toArray();
    }

    /**
     * Takes an expression apart.
     *
     * @throws StructureException that names the position, counted in characters from 0
     */
    static Regex parse(String pattern) {
        if (pattern.length() > LONGEST) {
            throw StructureException.tooComplex("", "the expression has more than " + LONGEST + " characters");
        }
        RegexParser parser = new RegexParser(pattern);
        Regex regex = parser.choice();
        if (parser.at < parser.pattern.length) {
            throw parser.invalid("there is a ')' without a '('", parser.at);
        }
        return regex;
    }

    private Regex choice() {
        List<Regex> options = new ArrayList<>();
        options.add(sequence());
        while (take('|')) {
            options.add(sequence());
        }
        return options.size() == 1 ? options.getFirst() : new Regex.Choice(options);
    }

    private Regex sequence() {
        List<Regex> parts = new ArrayList<>();
        while (at < pattern.length && pattern[at] != '|' && pattern[at] != ')') {
            parts.add(quantified());
        }
        return parts.size() == 1 ? parts.getFirst() : new Regex.Sequence(parts);
    }

    private Regex quantified() {
        int begin = at;
        Regex atom = atom();
        if (at >= pattern.length) {
            return atom;
        }
        int[] times = quantifier();
        if (times.length == 0) {
            return atom;
        }
        if (atom instanceof Regex.Start || atom instanceof Regex.End) {
            throw invalid("there is nothing to repeat", begin);
        }
        take('?');
        if (at < pattern.length && (pattern[at] == '*' || pattern[at] == '+' || pattern[at] == '?')) {
            throw invalid("a quantifier follows a quantifier", at);
        }
        return new Regex.Repeat(atom, times[0], times[1]);
    }

    /** Least and most, or nothing where there is no quantifier. */
    private int[] quantifier() {
        if (take('*')) {
            return new int[] {0, Regex.UNBOUNDED};
        }
        if (take('+')) {
            return new int[] {1, Regex.UNBOUNDED};
        }
        if (take('?')) {
            return new int[] {0, 1};
        }
        int begin = at;
        if (!take('{')) {
            return new int[0];
        }
        int least = number();
        int most = least;
        if (least >= 0 && take(',')) {
            most = at < pattern.length && pattern[at] == '}' ? Regex.UNBOUNDED : number();
        }
        if (least < 0 || most < 0 || !take('}')) {
            // A brace that begins no quantifier stands for itself.
            at = begin;
            return new int[0];
        }
        if (most < least) {
            throw invalid("the numbers of a quantifier are out of order", begin);
        }
        return new int[] {least, most};
    }

    private int number() {
        int begin = at;
        long value = 0;
        while (at < pattern.length && DIGITS.contains(pattern[at])) {
            value = Math.min(MOST_REPEATS + 1L, value * 10 + pattern[at++] - '0');
        }
        if (value > MOST_REPEATS) {
            throw StructureException.tooComplex("", "the quantifier at position " + begin + " is too large");
        }
        return at == begin ? -1 : (int) value;
    }

    private Regex atom() {
        int begin = at;
        int next = pattern[at++];
        return switch (next) {
            case '^' -> new Regex.Start();
            case '$' -> new Regex.End();
            case '.' -> new Regex.Chars(LINE_ENDS.not());
            case '(' -> group(begin);
            case '[' -> new Regex.Chars(charClass(begin));
            case '\\' -> escape(begin);
            case '*', '+', '?' -> throw invalid("there is nothing to repeat", begin);
            default -> new Regex.Chars(CharSet.of(next));
        };
    }

    private Regex group(int begin) {
        if (take('?')) {
            boolean named =
                    at + 1 < pattern.length && pattern[at] == '<' && pattern[at + 1] != '=' && pattern[at + 1] != '!';
            if (named) {
                while (at < pattern.length && pattern[at] != '>') {
                    at++;
                }
                if (!take('>')) {
                    throw invalid("a group's name has no end", begin);
                }
            } else if (!take(':')) {
                boolean looks = at < pattern.length && (pattern[at] == '=' || pattern[at] == '!' || pattern[at] == '<');
                throw unsupported(looks ? "look-around" : "a group with flags", begin);
            }
        }
        if (++depth > DEEPEST) {
            throw StructureException.tooComplex("", "the expression's groups are nested too deeply");
        }
        Regex inner = choice();
        depth--;
        if (!take(')')) {
            throw invalid("there is a '(' without a ')'", begin);
        }
        return inner;
    }

    private Regex escape(int begin) {
        if (at >= pattern.length) {
            throw invalid("there is nothing after the last '\\'", begin);
        }
        int next = pattern[at];
        if (next >= '1' && next <= '9') {
            throw unsupported("a back reference", begin);
        }
        if (next == 'k') {
            throw unsupported("a back reference", begin);
        }
        if (next == 'b' || next == 'B') {
            throw unsupported("a word boundary", begin);
        }
        return new Regex.Chars(escaped(begin));
    }

    /** What an escape stands for, in a class or outside; the backslash is read. */
    private CharSet escaped(int begin) {
        int next = pattern[at++];
        return switch (next) {
            case 'd' -> DIGITS;
            case 'D' -> DIGITS.not();
            case 'w' -> WORD;
            case 'W' -> WORD.not();
            case 's' -> SPACES;
            case 'S' -> SPACES.not();
            case 'p', 'P' -> property(next == 'P', begin);
            default -> CharSet.of(escapedPoint(next, begin));
        };
    }

    private int escapedPoint(int letter, int begin) {
        return switch (letter) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 'f' -> '\f';
            case 'v' -> 0x0b;
            case 'a' -> throw invalid("'\\a' is no escape", begin);
            case '0' -> 0;
            case 'c' -> {
                int control = at < pattern.length ? pattern[at++] : 0;
                if (!(control >= 'a' && control <= 'z') && !(control >= 'A' && control <= 'Z')) {
                    throw invalid("'\\c' needs a letter", begin);
                }
                yield control % 32;
            }
            case 'x' -> hex(2, begin);
            case 'u' -> unicode(begin);
            default -> {
                if (letter < 128 && Character.isLetterOrDigit(letter)) {
                    throw invalid("'\\" + Character.toString(letter) + "' is no escape", begin);
                }
                yield letter;
            }
        };
    }

    private int unicode(int begin) {
        if (take('{')) {
            int value = 0;
            int digits = 0;
            while (at < pattern.length && Character.digit(pattern[at], 16) >= 0 && value <= Character.MAX_CODE_POINT) {
                value = value * 16 + Character.digit(pattern[at++], 16);
                digits++;
            }
            if (digits == 0 || value > Character.MAX_CODE_POINT || !take('}')) {
                throw invalid("'\\u{' needs a code point and '}'", begin);
            }
            return value;
        }
        int unit = hex(4, begin);
        boolean pair = Character.isHighSurrogate((char) unit)
                && at + 1 < pattern.length
                && pattern[at] == '\\'
                && pattern[at + 1] == 'u';
        if (pair) {
            int rewind = at;
            at += 2;
            int low = at < pattern.length && pattern[at] != '{' ? hex(4, begin) : 0;
            if (Character.isLowSurrogate((char) low)) {
                return Character.toCodePoint((char) unit, (char) low);
            }
            at = rewind;
        }
        return unit;
    }

    private int hex(int digits, int begin) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = at < pattern.length && pattern[at] < 128 ? Character.digit(pattern[at], 16) : -1;
            if (digit < 0) {
                throw invalid("an escape needs " + digits + " hexadecimal digits", begin);
            }
            value = value * 16 + digit;
            at++;
        }
        return value;
    }

    private CharSet property(boolean negated, int begin) {
        StringBuilder name = new StringBuilder();
        if (!take('{')) {
            throw invalid("'\\p' needs a name in braces", begin);
        }
        while (at < pattern.length && pattern[at] != '}') {
            name.appendCodePoint(pattern[at++]);
        }
        if (!take('}')) {
            throw invalid("'\\p' needs a name in braces", begin);
        }
        CharSet set = UnicodeClasses.named(name.toString())
                .orElseThrow(() -> StructureException.unsupported(
                        "", "the property '" + name + "' at position " + begin + " is not known"));
        return negated ? set.not() : set;
    }

    private CharSet charClass(int begin) {
        boolean negated = take('^');
        CharSet set = CharSet.NONE;
        while (at < pattern.length && pattern[at] != ']') {
            int from = at;
            CharSet first = member(begin);
            boolean range = at + 1 < pattern.length && pattern[at] == '-' && pattern[at + 1] != ']';
            if (!range) {
                set = set.or(first);
                continue;
            }
            at++;
            CharSet last = member(begin);
            if (!isOne(first) || !isOne(last)) {
                // With a class on either side, the dash stands for itself.
                set = set.or(first).or(CharSet.of('-')).or(last);
            } else if (last.bounds()[0] < first.bounds()[0]) {
                throw invalid("a range is out of order", from);
            } else {
                set = set.or(CharSet.range(first.bounds()[0], last.bounds()[0]));
            }
        }
        if (!take(']')) {
            throw invalid("there is a '[' without a ']'", begin);
        }
        return negated ? set.not() : set;
    }

    private CharSet member(int begin) {
        int next = pattern[at++];
        if (next != '\\') {
            return CharSet.of(next);
        }
        if (at >= pattern.length) {
            throw invalid("there is a '[' without a ']'", begin);
        }
        if (pattern[at] == 'b') {
            at++;
            return CharSet.of('\b');
        }
        if (pattern[at] >= '1' && pattern[at] <= '9') {
            throw invalid("a class holds no back references", at - 1);
        }
        return escaped(at - 1);
    }

    private static boolean isOne(CharSet set) {
        return set.bounds().length == 2 && set.bounds()[1] == set.bounds()[0] + 1;
    }

    private boolean take(int expected) {
        if (at < pattern.length && pattern[at] == expected) {
            at++;
            return true;
        }
        return false;
    }

    private StructureException invalid(String what, int position) {
        return StructureException.invalid("", "the expression is not valid at position " + position + ": " + what);
    }

    private StructureException unsupported(String what, int position) {
        return StructureException.unsupported("", what + " at position " + position + " is not supported");
    }
}
