package dev.sharegpt4v.models.structured;

import dev.sharegpt4v.runtime.grammar.Expression;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.regex.Pattern;

/** The texts between the values of JSON, and sets of strings and numbers as expressions that are made once. */
final class JsonLayout {

    /** Bounded, so that no answer can be whitespace without end. */
    private static final String USUAL = " ?|\\r?\\n[ \\t]{0,40}";

    private static final Pattern PLAIN_NAME = Pattern.compile("[ !#-\\[\\]-~]*");

    private final Expression space;
    private final Expression colon;
    private final Expression comma;
    private final IdentityHashMap<CharDfa, Expression> strings = new IdentityHashMap<>();
    private final IdentityHashMap<CharDfa, Expression> numbers = new IdentityHashMap<>();

    JsonLayout(JsonStyle style, Budget budget) {
        CharDfa white = style.compact()
                ? CharDfa.matching(Regex.text(""), budget)
                : CharDfa.matching(RegexParser.parse(style.whitespace().orElse(USUAL)), budget);
        CharDfa json = CharDfa.matching(RegexParser.parse("[ \\t\\r\\n]*"), budget);
        if (white.isEmpty() || !white.minus(json, budget).isEmpty()) {
            throw StructureException.invalid(
                    "", "the whitespace may hold spaces, tabs and line ends, and nothing else");
        }
        boolean usual = style.whitespace().isEmpty();
        this.space = CharAutomaton.plain(white);
        Expression before = usual && !style.compact()
                ? Expression.optional(Expression.Bytes.of(" "))
                : usual ? Expression.EMPTY : space;
        this.colon = Expression.sequence(before, Expression.Bytes.of(":"), space);
        this.comma = Expression.sequence(usual ? Expression.EMPTY : space, Expression.Bytes.of(","), space);
    }

    /** What may stand between two tokens. */
    Expression space() {
        return space;
    }

    /** Between a name and its value. */
    Expression colon() {
        return colon;
    }

    /** Between two members. */
    Expression comma() {
        return comma;
    }

    Expression number(CharDfa dfa) {
        return numbers.computeIfAbsent(dfa, CharAutomaton::plain);
    }

    /** A string with its quotes. */
    Expression string(CharDfa dfa) {
        return strings.computeIfAbsent(dfa, key -> quoted(CharAutomaton.inJson(key)));
    }

    /** A string of any characters, so many of them. */
    Expression string(int least, int most) {
        CharDfa one = CharDfa.ofLength(1, 1, new Budget());
        int longest = most == Integer.MAX_VALUE ? Expression.Repetition.UNBOUNDED : most;
        return quoted(new Expression.Repetition(CharAutomaton.inJson(one), least, longest));
    }

    /** The name of a property, with its quotes. */
    Expression name(String name, Budget budget) {
        return PLAIN_NAME.matcher(name).matches()
                ? Expression.Bytes.of("\"" + name + "\"")
                : string(CharDfa.of(List.of(name), budget));
    }

    private static Expression quoted(Expression inner) {
        return Expression.sequence(Expression.Bytes.of("\""), inner, Expression.Bytes.of("\""));
    }
}
