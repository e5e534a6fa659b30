package dev.sharegpt4v.server.bench.chaos;

import java.util.List;

/** Regular expressions and grammars: most are right, some are large, some are wrong. */
final class OddExpressions {

    private static final List<String> CLASSES = List.of(
            "a",
            "b",
            "é",
            "😀",
            ".",
            "\\d",
            "\\W",
            "\\s",
            "[a-z]",
            "[^a]",
            "[\\u{0}-\\u{10ffff}]",
            "[\\u4e00-\\u9fff]",
            "\\p{L}",
            "\\p{Script=Greek}",
            "\\P{Nd}",
            "\\n",
            "\\x41",
            "\\u{1f600}",
            "[\\-\\]^]");

    private static final List<String> HOSTILE_EXPRESSIONS = List.of(
            "(a+)+$",
            "(a|aa|aaa)*b",
            "(x+x+)+y",
            "((a{0,100}){0,100}){0,100}",
            "(((a?){30}){30}){30}",
            "a{1,100000}",
            "[\\u{0}-\\u{10ffff}]{0,20000}",
            "(\\p{L}|\\p{N}){1,5000}",
            ".*.*.*.*.*.*.*.*=.*",
            "(.*a.{12})|(.*b.{11})",
            ".*a.{20}",
            "(?:".repeat(900) + "a" + ")".repeat(900),
            "(".repeat(5000),
            "a|".repeat(3000),
            "(?=a)a",
            "(a)\\1",
            "[z-a]",
            "[",
            "a{2,1}",
            "a**",
            "\\",
            "\\p{Nothing}",
            "^$",
            "",
            "(?i)a",
            "a{99999999999}",
            "\\u{110000}",
            "[^\\u{0}-\\u{10ffff}]");

    private static final List<String> HOSTILE_GRAMMARS = List.of(
            "root ::= root \"a\"",
            "root ::= a\na ::= b\nb ::= a",
            "root ::= a*\na ::= \"\"*",
            "root ::= (\"a\"*)*",
            "root ::= \"a\"{0,100000}",
            "root ::= ((\"a\"{0,99}){0,99}){0,99}",
            "root ::= a a\na ::= b b\nb ::= c c\nc ::= d d\nd ::= e e\ne ::= f f\nf ::= g g\ng ::= h h\nh ::= \"x\" | \"\"",
            "root ::= root2\nroot2 ::= \"(\" root2 \")\" | \"\"",
            "root ::= e\ne ::= t | t \"+\" e\nt ::= [0-9]+ | \"(\" e \")\"",
            "root ::= nothing",
            "a ::= \"a\"",
            "root ::= \"a",
            "root ::= [",
            "root ::= " + "(".repeat(2000) + "\"a\"" + ")".repeat(2000),
            "root ::= " + "\"a\" | ".repeat(3000) + "\"b\"",
            "root ::= [^\\U00000000-\\U0010ffff]",
            "root ::= \"\\ud800\"",
            "root ::= .{0,5000} \"!\"",
            "root ::= s s s s\ns ::= \"a\" s | s2\ns2 ::= \"a\" s2 | \"a\"",
            "root ::=",
            "",
            "# nothing");

    private OddExpressions() {}

    static String expression(Draw draw) {
        return draw.oneIn(4) ? draw.from(HOSTILE_EXPRESSIONS) : expression(draw.between(0, 4), draw);
    }

    private static String expression(int depth, Draw draw) {
        if (depth == 0) {
            return draw.from(CLASSES);
        }
        String one = expression(depth - 1, draw);
        return switch (draw.between(0, 5)) {
            case 0 -> one + expression(depth - 1, draw);
            case 1 -> "(" + one + "|" + expression(depth - 1, draw) + ")";
            case 2 -> "(?:" + one + ")" + draw.of("*", "+", "?", "*?", "+?");
            case 3 -> "(" + one + "){" + draw.between(0, 3) + "," + draw.between(3, 40) + "}";
            case 4 -> "^" + one + "$";
            default -> one;
        };
    }

    static String grammar(Draw draw) {
        if (draw.oneIn(4)) {
            return draw.from(HOSTILE_GRAMMARS);
        }
        int rules = draw.between(1, 5);
        StringBuilder grammar = new StringBuilder();
        for (int i = 0; i < rules; i++) {
            // Rules use later ones, after a text also earlier ones, so that most are sound.
            grammar.append(i == 0 ? "root" : "r" + i).append(" ::= ").append(body(3, i, rules, draw));
            grammar.append(draw.oneIn(5) ? " # é\n" : "\n");
        }
        return grammar.toString();
    }

    private static String body(int depth, int rule, int rules, Draw draw) {
        if (depth == 0) {
            return atom(rule, rules, draw);
        }
        String one = body(depth - 1, rule, rules, draw);
        return switch (draw.between(0, 4)) {
            case 0 -> one + " " + body(depth - 1, rule, rules, draw);
            case 1 -> one + " | " + body(depth - 1, rule, rules, draw);
            case 2 -> "(" + one + ")" + draw.of("*", "+", "?", "{2}", "{0,9}", "{3,}");
            default -> one;
        };
    }

    private static String atom(int rule, int rules, Draw draw) {
        if (rule + 1 < rules && draw.oneIn(2)) {
            return "r" + draw.between(rule + 1, rules - 1);
        }
        if (rule > 0 && draw.oneIn(6)) {
            return "\"x\" (r" + draw.between(1, rule) + ")?";
        }
        return draw.of("\"a\"", "\"bc\"", "\"é\"", "\"\\n\"", "[a-z]", "[^\\n]", "[0-9]+", "\"\\U0001F600\"", ".");
    }
}
