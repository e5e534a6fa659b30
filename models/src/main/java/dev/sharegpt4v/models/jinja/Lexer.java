package dev.sharegpt4v.models.jinja;

import dev.sharegpt4v.models.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Templates to words, white space as transformers has it: {@code trim_blocks} and {@code lstrip_blocks} are on. */
final class Lexer {

    private static final Pattern NUMBER = Pattern.compile("\\d[\\d_]*+(?:\\.\\d[\\d_]*+)?(?:[eE][+-]?\\d[\\d_]*+)?");
    private static final Pattern RAW_END = Pattern.compile("\\{%([-+]?)\\s*+endraw\\s*+([-+]?)%}");
    private static final Pattern RAW_BEGIN = Pattern.compile("\\{%[-+]?\\s*+raw\\s*+(-?)%}");
    private static final List<String> OPERATORS = List.of(
            "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<",
            "=", ".", ":", "|", ",", ";");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private int counted;
    /** Whether the text that comes begins a line. */
    private boolean lineStarting = true;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> read(String template) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        Lexer lexer = new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (at < source.length()) {
            int begin = next();
            data(begin);
            at = begin;
            if (begin < source.length()) {
                tag();
            }
        }
        add(Kind.END, "");
    }

    private int next() {
        for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
            if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return source.length();
    }

    /** The text before a tag, whose sign says what becomes of the white space. */
    private void data(int end) {
        int from = at;
        int to = end;
        char sign = end + 2 < source.length() ? source.charAt(end + 2) : ' ';
        if (end < source.length() && sign == '-') {
            while (to > from && Python.isSpace(source.charAt(to - 1))) {
                to--;
            }
        } else if (end < source.length() && sign != '+' && source.charAt(end + 1) != '{') {
            to = withoutIndent(from, end);
        }
        if (to > from) {
            add(Kind.DATA, source.substring(from, to));
        }
    }

    private int withoutIndent(int from, int end) {
        int start = end;
        while (start > from && source.charAt(start - 1) != '\n' && Python.isSpace(source.charAt(start - 1))) {
            start--;
        }
        boolean beginsLine = start > from ? source.charAt(start - 1) == '\n' : lineStarting;
        return beginsLine ? start : end;
    }

    private void tag() {
        switch (source.charAt(at + 1)) {
            case '#' -> comment();
            case '{' -> {
                add(Kind.PRINT_BEGIN, "{{");
                at += at + 2 < source.length() && source.charAt(at + 2) == '-' ? 3 : 2;
                words("}}", Kind.PRINT_END);
            }
            default -> {
                Matcher raw = RAW_BEGIN.matcher(source).region(at, source.length());
                if (raw.lookingAt()) {
                    raw(raw);
                    return;
                }
                add(Kind.BLOCK_BEGIN, "{%");
                boolean sign = at + 2 < source.length() && "-+".indexOf(source.charAt(at + 2)) >= 0;
                at += sign ? 3 : 2;
                words("%}", Kind.BLOCK_END);
            }
        }
    }

    private void comment() {
        int end = source.indexOf("#}", at + 2);
        if (end < 0) {
            throw JinjaException.at(line(), "a comment does not end");
        }
        char sign = source.charAt(end - 1);
        at = end + 2;
        ended(sign, true);
    }

    /** After a tag: what its sign says of the white space that follows. */
    private void ended(char sign, boolean trims) {
        lineStarting = false;
        if (sign == '-') {
            int i = at;
            while (i < source.length() && Python.isSpace(source.charAt(i))) {
                i++;
            }
            lineStarting = i > at && source.charAt(i - 1) == '\n';
            at = i;
        } else if (trims && sign != '+' && at < source.length() && source.charAt(at) == '\n') {
            at++;
            lineStarting = true;
        }
    }

    private void raw(Matcher begin) {
        Matcher end = RAW_END.matcher(source);
        if (!end.find(begin.end())) {
            throw JinjaException.at(line(), "'raw' does not end");
        }
        at = begin.end();
        ended(begin.group(1).isEmpty() ? ' ' : '-', false);
        int from = Math.min(at, end.start());
        int to = end.start();
        if (end.group(1).equals("-")) {
            while (to > from && Python.isSpace(source.charAt(to - 1))) {
                to--;
            }
        } else if (end.group(1).isEmpty()) {
            to = withoutIndent(from, to);
        }
        if (to > from) {
            add(Kind.DATA, source.substring(from, to));
        }
        at = end.end();
        ended(end.group(2).isEmpty() ? ' ' : end.group(2).charAt(0), true);
    }

    private void words(String close, Kind end) {
        int open = 0;
        while (true) {
            while (at < source.length() && Python.isSpace(source.charAt(at))) {
                at++;
            }
            if (at >= source.length()) {
                throw JinjaException.at(line(), "a tag does not end");
            }
            if (open == 0) {
                boolean signed = "-+".indexOf(source.charAt(at)) >= 0 && source.startsWith(close, at + 1);
                if (signed || source.startsWith(close, at)) {
                    char sign = signed ? source.charAt(at) : ' ';
                    add(end, close);
                    at += signed ? 3 : 2;
                    ended(sign, end == Kind.BLOCK_END);
                    return;
                }
            }
            open += word();
        }
    }

    /** Reads one word; how many brackets it opens. */
    private int word() {
        char c = source.charAt(at);
        if (Character.isUnicodeIdentifierStart(c) || c == '_') {
            int from = at;
            while (at < source.length()
                    && (Character.isUnicodeIdentifierPart(source.charAt(at)) || source.charAt(at) == '_')) {
                at++;
            }
            add(Kind.NAME, source.substring(from, at));
            return 0;
        }
        if (c == '\'' || c == '"') {
            string(c);
            return 0;
        }
        if (c >= '0' && c <= '9') {
            Matcher number = NUMBER.matcher(source).region(at, source.length());
            if (number.lookingAt()) {
                String digits = number.group();
                boolean whole = digits.chars().allMatch(d -> d == '_' || Character.isDigit(d));
                add(whole ? Kind.INTEGER : Kind.REAL, digits.replace("_", ""));
                at = number.end();
                return 0;
            }
        }
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, at)) {
                add(Kind.OPERATOR, operator);
                at += operator.length();
                return "([{".contains(operator) ? 1 : ")]}".contains(operator) ? -1 : 0;
            }
        }
        throw JinjaException.at(line(), "unexpected character '" + Character.toString(source.codePointAt(at)) + "'");
    }

    private void string(char mark) {
        int start = at++;
        StringBuilder text = new StringBuilder();
        while (at < source.length() && source.charAt(at) != mark) {
            char c = source.charAt(at++);
            if (c == '\\' && at < source.length()) {
                escape(text);
            } else {
                text.append(c);
            }
        }
        if (at >= source.length()) {
            at = start;
            throw JinjaException.at(line(), "a string does not end");
        }
        int end = ++at;
        at = start;
        add(Kind.STRING, text.toString());
        at = end;
    }

    /** Python's escapes; others stand for themselves. */
    private void escape(StringBuilder text) {
        char c = source.charAt(at++);
        switch (c) {
            case 'n' -> text.append('\n');
            case 't' -> text.append('\t');
            case 'r' -> text.append('\r');
            case 'f' -> text.append('\f');
            case 'b' -> text.append('\b');
            case 'v' -> text.append('\u000b');
            case 'a' -> text.append('\u0007');
            case '\n' -> {}
            case '\\', '\'', '"' -> text.append(c);
            case 'x' -> text.appendCodePoint(code(2));
            case 'u' -> text.appendCodePoint(code(4));
            case 'U' -> text.appendCodePoint(code(8));
            default -> {
                if (c >= '0' && c <= '7') {
                    int value = c - '0';
                    for (int i = 0; i < 2 && at < source.length() && isOctal(source.charAt(at)); i++) {
                        value = value * 8 + source.charAt(at++) - '0';
                    }
                    text.appendCodePoint(value);
                } else {
                    text.append('\\').append(c);
                }
            }
        }
    }

    private static boolean isOctal(char c) {
        return c >= '0' && c <= '7';
    }

    private int code(int digits) {
        try {
            int value = Integer.parseInt(source, at, Math.min(source.length(), at + digits), 16);
            at += digits;
            if (Character.isValidCodePoint(value) && at <= source.length()) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw JinjaException.at(line(), "a string has an escape that is no character");
    }

    private int line() {
        int upTo = Math.min(at, source.length());
        while (counted < upTo) {
            if (source.charAt(counted++) == '\n') {
                line++;
            }
        }
        return line;
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, line()));
    }
}
