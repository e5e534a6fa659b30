package dev.sharegpt4v.models.structured;

import dev.sharegpt4v.runtime.grammar.Expression;
import dev.sharegpt4v.runtime.grammar.Grammars;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads grammar files: llama.cpp's GBNF, and the EBNF of XGrammar that vLLM takes, which is written alike.
 *
 * <p>{@code name ::= "text" [a-z] . ( … ) | … * + ? {2,5}}, {@code #} begins a comment, and {@code root} is what answers are.
 */
final class GrammarFile {

    private static final int LONGEST = 1 << 18;
    private static final int DEEPEST = 100;
    private static final int MOST_RULES = 10_000;
    private static final int MOST_REPEATS = 10_000;
    private static final String ROOT = "root";

    private final int[] text;
    private final Budget budget;
    private final Map<String, Expression.Rule> rules = new LinkedHashMap<>();
    private final Map<String, Integer> defined = new LinkedHashMap<>();
    private final Map<String, Integer> used = new LinkedHashMap<>();
    private final Map<CharSet, Expression> classes = new LinkedHashMap<>();
    private int at;
    private int depth;

    private GrammarFile(String source, Budget budget) {
        this.text = source.codePoints().toArray();
        this.budget = budget;
    }

    /**
     * The grammar of a file.
     *
     * @throws StructureException that names line and column, both from 1
     */
    static Expression parse(String source) {
        if (source.length() > LONGEST) {
            throw StructureException.tooComplex("", "the grammar has more than " + LONGEST + " characters");
        }
        return new GrammarFile(source, new Budget()).file();
    }

    private Expression file() {
        skip();
        while (at < text.length) {
            rule();
            skip();
        }
        if (!defined.containsKey(ROOT)) {
            throw StructureException.invalid("", "the grammar has no rule named 'root'");
        }
        used.forEach((name, place) -> {
            if (!defined.containsKey(name)) {
                throw invalid("there is no rule named '" + name + "'", place);
            }
        });
        Expression.Rule root = named(ROOT);
        Grammars.leftRecursive(root).ifPresent(rule -> {
            throw StructureException.unsupported(
                    "", "the rule '" + rule.name() + "'" + where(rule.name()) + " begins with itself");
        });
        Grammars.endless(root).ifPresent(rule -> {
            throw StructureException.invalid(
                    "", "no text can ever complete the rule '" + rule.name() + "'" + where(rule.name()));
        });
        return root;
    }

    private String where(String rule) {
        return " at " + place(defined.getOrDefault(rule, 0));
    }

    private void rule() {
        int begin = at;
        String name = name();
        if (name.isEmpty()) {
            throw invalid("a rule must begin with its name", begin);
        }
        skip();
        if (!take("::=")) {
            throw invalid("'::=' is missing after the name of a rule", at);
        }
        if (defined.putIfAbsent(name, begin) != null) {
            throw invalid("the rule '" + name + "' is defined twice", begin);
        }
        if (defined.size() > MOST_RULES) {
            throw StructureException.tooComplex("", "the grammar has more than " + MOST_RULES + " rules");
        }
        named(name).define(choice());
    }

    private Expression.Rule named(String name) {
        return rules.computeIfAbsent(name, Expression.Rule::new);
    }

    private Expression choice() {
        List<Expression> options = new ArrayList<>();
        options.add(sequence());
        while (take("|")) {
            options.add(sequence());
        }
        return Expression.choice(options);
    }

    private Expression sequence() {
        List<Expression> parts = new ArrayList<>();
        skip();
        while (at < text.length && text[at] != '|' && text[at] != ')' && !isRuleAhead()) {
            parts.add(repeated());
            skip();
        }
        return parts.size() == 1 ? parts.getFirst() : new Expression.Sequence(parts);
    }

    /** Whether the next rule begins here: a name and its sign. */
    private boolean isRuleAhead() {
        int begin = at;
        boolean ahead = !name().isEmpty();
        if (ahead) {
            skip();
            ahead = take("::=");
        }
        at = begin;
        return ahead;
    }

    private Expression repeated() {
        Expression part = atom();
        while (at < text.length) {
            int end = at;
            skip();
            int begin = at;
            int[] times;
            if (take("*")) {
                times = new int[] {0, Expression.Repetition.UNBOUNDED};
            } else if (take("+")) {
                times = new int[] {1, Expression.Repetition.UNBOUNDED};
            } else if (take("?")) {
                times = new int[] {0, 1};
            } else if (take("{")) {
                times = times(begin);
            } else {
                at = end;
                return part;
            }
            budget.spend(1);
            if (times[1] == 0) {
                part = Expression.EMPTY;
            } else {
                part = new Expression.Repetition(part, times[0], times[1]);
            }
        }
        return part;
    }

    private int[] times(int begin) {
        skip();
        int least = number(begin);
        int most = least;
        skip();
        if (take(",")) {
            skip();
            boolean open = at < text.length && text[at] == '}';
            most = open ? Expression.Repetition.UNBOUNDED : number(begin);
            skip();
        }
        if (!take("}")) {
            throw invalid("'{' has no '}'", begin);
        }
        if (most < least) {
            throw invalid("the numbers of a repetition are out of order", begin);
        }
        return new int[] {least, most};
    }

    private int number(int begin) {
        int first = at;
        int value = 0;
        while (at < text.length && text[at] >= '0' && text[at] <= '9') {
            value = Math.min(MOST_REPEATS + 1, value * 10 + text[at++] - '0');
        }
        if (at == first) {
            throw invalid("a repetition needs a number", begin);
        }
        if (value > MOST_REPEATS) {
            throw StructureException.tooComplex("", "the repetition at " + place(begin) + " is too large");
        }
        return value;
    }

    private Expression atom() {
        budget.spend(1);
        int begin = at;
        if (take("\"")) {
            return literal('"', begin);
        }
        if (take("'")) {
            return literal('\'', begin);
        }
        if (take("[")) {
            return chars(charClass(begin), begin);
        }
        if (take(".")) {
            return chars(CharSet.ALL, begin);
        }
        if (take("(")) {
            if (at < text.length && text[at] == '=') {
                throw StructureException.unsupported("", "look-ahead at " + place(begin) + " is not supported");
            }
            if (++depth > DEEPEST) {
                throw StructureException.tooComplex("", "the grammar's groups are nested too deeply");
            }
            Expression inner = choice();
            depth--;
            if (!take(")")) {
                throw invalid("'(' has no ')'", begin);
            }
            return inner;
        }
        String name = name();
        if (name.isEmpty()) {
            throw invalid("'" + Character.toString(text[at]) + "' begins nothing", begin);
        }
        used.putIfAbsent(name, begin);
        return named(name);
    }

    private Expression literal(int quote, int begin) {
        StringBuilder literal = new StringBuilder();
        while (at < text.length && text[at] != quote) {
            if (text[at] == '\n') {
                throw invalid("a text has no end on its line", begin);
            }
            literal.appendCodePoint(character());
        }
        if (!take(Character.toString(quote))) {
            throw invalid("a text has no end", begin);
        }
        boolean whole = literal.codePoints().allMatch(CharDfa.SCALARS::contains);
        if (!whole) {
            throw invalid("a text holds half of a surrogate pair", begin);
        }
        return Expression.Bytes.of(literal.toString());
    }

    private Expression chars(CharSet set, int begin) {
        CharSet scalars = set.and(CharDfa.SCALARS);
        if (scalars.isEmpty()) {
            throw invalid("a class holds no character", begin);
        }
        return classes.computeIfAbsent(
                scalars, key -> CharAutomaton.plain(CharDfa.matching(new Regex.Chars(key), budget)));
    }

    private CharSet charClass(int begin) {
        boolean negated = take("^");
        CharSet set = CharSet.NONE;
        while (at < text.length && text[at] != ']') {
            int from = at;
            int first = character();
            int last = first;
            boolean range = at + 1 < text.length && text[at] == '-' && text[at + 1] != ']';
            if (range) {
                at++;
                last = character();
            }
            if (last < first) {
                throw invalid("a range is out of order", from);
            }
            set = set.or(CharSet.range(first, last));
        }
        if (!take("]")) {
            throw invalid("'[' has no ']'", begin);
        }
        return negated ? set.not() : set;
    }

    private int character() {
        int begin = at;
        int next = text[at++];
        if (next != '\\') {
            return next;
        }
        if (at >= text.length) {
            throw invalid("there is nothing after a '\\'", begin);
        }
        int letter = text[at++];
        return switch (letter) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'f' -> '\f';
            case 'b' -> '\b';
            case 'v' -> 0x0b;
            case '0' -> 0;
            case 'x' -> hex(2, begin);
            case 'u' -> hex(4, begin);
            case 'U' -> hex(8, begin);
            default -> {
                if (letter < 128 && Character.isLetterOrDigit(letter)) {
                    throw invalid("'\\" + Character.toString(letter) + "' is no escape", begin);
                }
                yield letter;
            }
        };
    }

    private int hex(int digits, int begin) {
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = at < text.length && text[at] < 128 ? Character.digit(text[at], 16) : -1;
            if (digit < 0) {
                throw invalid("an escape needs " + digits + " hexadecimal digits", begin);
            }
            value = value * 16 + digit;
            at++;
        }
        if (value > Character.MAX_CODE_POINT) {
            throw invalid("an escape is beyond all characters", begin);
        }
        return (int) value;
    }

    private String name() {
        StringBuilder name = new StringBuilder();
        while (at < text.length && isNamePart(text[at])) {
            name.appendCodePoint(text[at++]);
        }
        return name.toString();
    }

    private static boolean isNamePart(int point) {
        return point < 128 && (Character.isLetterOrDigit(point) || point == '-' || point == '_');
    }

    /** White space and comments. */
    private void skip() {
        while (at < text.length) {
            if (text[at] == '#') {
                while (at < text.length && text[at] != '\n') {
                    at++;
                }
            } else if (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n') {
                at++;
            } else {
                return;
            }
        }
    }

    private boolean take(String expected) {
        boolean there = at + expected.length() <= text.length;
        for (int i = 0; i < expected.length() && there; i++) {
            there = text[at + i] == expected.charAt(i);
        }
        at += there ? expected.length() : 0;
        return there;
    }

    private StructureException invalid(String what, int position) {
        return StructureException.invalid("", "the grammar is not valid at " + place(position) + ": " + what);
    }

    private String place(int position) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < position && i < text.length; i++) {
            column = text[i] == '\n' ? 1 : column + 1;
            line += text[i] == '\n' ? 1 : 0;
        }
        return "line " + line + ", column " + column;
    }
}
