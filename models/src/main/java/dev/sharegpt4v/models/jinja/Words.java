package dev.sharegpt4v.models.jinja;

import dev.sharegpt4v.models.jinja.Token.Kind;
import java.util.List;

/** The words of a template, read one after another. */
final class Words {

    private final List<Token> tokens;
    private int at;

    Words(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peek(int ahead) {
        return tokens.get(Math.min(at + ahead, tokens.size() - 1));
    }

    Token take() {
        Token token = tokens.get(at);
        if (token.kind() != Kind.END) {
            at++;
        }
        return token;
    }

    boolean operator(String operator) {
        return peek().is(Kind.OPERATOR, operator);
    }

    boolean name(String name) {
        return peek().is(Kind.NAME, name);
    }

    boolean skipOperator(String operator) {
        return skip(operator(operator));
    }

    boolean skipName(String name) {
        return skip(name(name));
    }

    private boolean skip(boolean found) {
        if (found) {
            at++;
        }
        return found;
    }

    void requireOperator(String operator) {
        if (!skipOperator(operator)) {
            throw unexpected("'" + operator + "'");
        }
    }

    String requireName() {
        if (peek().kind() != Kind.NAME) {
            throw unexpected("a name");
        }
        return take().text();
    }

    void require(Kind kind, String what) {
        if (peek().kind() != kind) {
            throw unexpected(what);
        }
        take();
    }

    int line() {
        return peek().line();
    }

    JinjaException unexpected(String wanted) {
        Token token = peek();
        String found = token.kind() == Kind.END ? "the end" : "'" + shortened(token.text()) + "'";
        return JinjaException.at(token.line(), wanted + " was expected, not " + found);
    }

    private static String shortened(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }
}
