package dev.sharegpt4v.models.jinja;

import dev.sharegpt4v.models.jinja.Expression.Arguments;
import dev.sharegpt4v.models.jinja.Expression.Comparison;
import dev.sharegpt4v.models.jinja.Expression.Named;
import dev.sharegpt4v.models.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads expressions, in Jinja's order of operators. */
final class ExpressionParser {

    private static final int DEEPEST = 40;
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final Words words;
    private int depth;

    ExpressionParser(Words words) {
        this.words = words;
    }

    /** An expression, or several with commas between them, which are a tuple. */
    Expression tuple(boolean conditional) {
        List<Expression> items = new ArrayList<>();
        boolean commas = false;
        while (!ends()) {
            items.add(conditional ? expression() : or());
            if (!words.skipOperator(",")) {
                break;
            }
            commas = true;
        }
        if (items.isEmpty()) {
            throw words.unexpected("an expression");
        }
        return commas ? new Expression.Many(items, true) : items.getFirst();
    }

    private boolean ends() {
        Kind kind = words.peek().kind();
        return kind == Kind.PRINT_END || kind == Kind.BLOCK_END || kind == Kind.END || words.operator(")");
    }

    Expression expression() {
        if (++depth > DEEPEST) {
            throw JinjaException.at(words.line(), "the template is nested too deeply");
        }
        Expression value = or();
        while (words.skipName("if")) {
            Expression test = or();
            Optional<Expression> otherwise = words.skipName("else") ? Optional.of(expression()) : Optional.empty();
            value = new Expression.Conditional(test, value, otherwise);
        }
        depth--;
        return value;
    }

    private Expression or() {
        Expression left = and();
        while (words.skipName("or")) {
            left = new Expression.Or(left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (words.skipName("and")) {
            left = new Expression.And(left, not());
        }
        return left;
    }

    private Expression not() {
        if (words.name("not") && !words.peek(1).is(Kind.NAME, "in")) {
            words.take();
            if (++depth > DEEPEST) {
                throw JinjaException.at(words.line(), "the template is nested too deeply");
            }
            Expression inner = not();
            depth--;
            return new Expression.Not(inner);
        }
        return comparison();
    }

    private Expression comparison() {
        Expression first = sum();
        List<Comparison> others = new ArrayList<>();
        while (true) {
            Token token = words.peek();
            if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
                words.take();
                others.add(new Comparison(token.text(), sum()));
            } else if (words.skipName("in")) {
                others.add(new Comparison("in", sum()));
            } else if (words.name("not") && words.peek(1).is(Kind.NAME, "in")) {
                words.take();
                words.take();
                others.add(new Comparison("not in", sum()));
            } else {
                return others.isEmpty() ? first : new Expression.Compared(first, others);
            }
        }
    }

    private Expression sum() {
        Expression left = joined();
        while (words.operator("+") || words.operator("-")) {
            left = new Expression.Binary(words.take().text(), left, joined());
        }
        return left;
    }

    private Expression joined() {
        List<Expression> parts = new ArrayList<>(List.of(product()));
        while (words.skipOperator("~")) {
            parts.add(product());
        }
        return parts.size() == 1 ? parts.getFirst() : new Expression.Joined(parts);
    }

    private Expression product() {
        Expression left = power();
        while (words.operator("*") || words.operator("/") || words.operator("//") || words.operator("%")) {
            left = new Expression.Binary(words.take().text(), left, power());
        }
        return left;
    }

    private Expression power() {
        Expression left = unary(true);
        while (words.operator("**")) {
            left = new Expression.Binary(words.take().text(), left, unary(true));
        }
        return left;
    }

    private Expression unary(boolean filtered) {
        Expression value;
        if (words.operator("-") || words.operator("+")) {
            boolean minus = words.take().text().equals("-");
            if (++depth > DEEPEST) {
                throw JinjaException.at(words.line(), "the template is nested too deeply");
            }
            value = new Expression.Signed(minus, unary(false));
            depth--;
        } else {
            value = primary();
        }
        value = postfix(value);
        return filtered ? filters(value) : value;
    }

    private Expression primary() {
        Token token = words.take();
        return switch (token.kind()) {
            case NAME ->
                switch (token.text()) {
                    case "true", "True" -> new Expression.Literal(Value.Bool.TRUE);
                    case "false", "False" -> new Expression.Literal(Value.Bool.FALSE);
                    case "none", "None" -> new Expression.Literal(Value.None.NONE);
                    default -> new Expression.Name(token.text());
                };
            case STRING -> {
                StringBuilder text = new StringBuilder(token.text());
                while (words.peek().kind() == Kind.STRING) {
                    text.append(words.take().text());
                }
                yield new Expression.Literal(Text.own(text.toString()));
            }
            case INTEGER -> new Expression.Literal(integer(token));
            case REAL -> new Expression.Literal(new Value.Real(Double.parseDouble(token.text())));
            case OPERATOR -> bracketed(token);
            case DATA, PRINT_BEGIN, PRINT_END, BLOCK_BEGIN, BLOCK_END, END ->
                throw JinjaException.at(token.line(), "an expression was expected");
        };
    }

    private static Value integer(Token token) {
        try {
            return new Value.Int(Long.parseLong(token.text()));
        } catch (NumberFormatException e) {
            throw JinjaException.at(token.line(), "a number is too large");
        }
    }

    private Expression bracketed(Token open) {
        return switch (open.text()) {
            case "(" -> parenthesised();
            case "[" -> list();
            case "{" -> mapping();
            default -> throw JinjaException.at(open.line(), "unexpected '" + open.text() + "'");
        };
    }

    private Expression parenthesised() {
        if (words.skipOperator(")")) {
            return new Expression.Many(List.of(), true);
        }
        Expression inner = tuple(true);
        words.requireOperator(")");
        return inner;
    }

    private Expression list() {
        List<Expression> items = new ArrayList<>();
        while (more(items.isEmpty(), "]")) {
            items.add(expression());
        }
        return new Expression.Many(items, false);
    }

    private Expression mapping() {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (more(keys.isEmpty(), "}")) {
            keys.add(expression());
            words.requireOperator(":");
            values.add(expression());
        }
        return new Expression.Mapping(keys, values);
    }

    /** Whether another item follows; takes the comma before it, or the bracket that closes. */
    private boolean more(boolean first, String close) {
        if (words.skipOperator(close)) {
            return false;
        }
        if (first) {
            return true;
        }
        words.requireOperator(",");
        return !words.skipOperator(close);
    }

    private Expression postfix(Expression value) {
        Expression result = value;
        while (true) {
            if (words.skipOperator(".")) {
                Token token = words.take();
                result = switch (token.kind()) {
                    case NAME -> new Expression.Attribute(result, token.text());
                    case INTEGER -> new Expression.Index(result, new Expression.Literal(integer(token)));
                    default -> throw JinjaException.at(token.line(), "a name was expected after '.'");
                };
            } else if (words.skipOperator("[")) {
                result = subscript(result);
            } else if (words.operator("(")) {
                result = new Expression.Calling(result, arguments());
            } else {
                return result;
            }
        }
    }

    private Expression subscript(Expression of) {
        Optional<Expression> from = words.operator(":") ? Optional.empty() : Optional.of(expression());
        if (from.isPresent() && words.skipOperator("]")) {
            return new Expression.Index(of, from.get());
        }
        words.requireOperator(":");
        Optional<Expression> to =
                words.operator(":") || words.operator("]") ? Optional.empty() : Optional.of(expression());
        Optional<Expression> step =
                words.skipOperator(":") && !words.operator("]") ? Optional.of(expression()) : Optional.empty();
        words.requireOperator("]");
        return new Expression.Slice(of, from, to, step);
    }

    private Expression filters(Expression value) {
        Expression result = value;
        while (true) {
            if (words.skipOperator("|")) {
                result = filter(Optional.of(result));
            } else if (words.skipName("is")) {
                result = test(result);
            } else if (words.operator("(")) {
                result = new Expression.Calling(result, arguments());
            } else {
                return result;
            }
        }
    }

    /** A filter and its arguments. */
    Expression filter(Optional<Expression> of) {
        int line = words.line();
        String name = words.requireName();
        if (!Filters.knows(name)) {
            throw JinjaException.at(line, "there is no filter '" + name + "'");
        }
        return new Expression.Filtered(of, name, words.operator("(") ? arguments() : Arguments.NONE);
    }

    private Expression test(Expression of) {
        boolean negated = words.skipName("not");
        int line = words.line();
        String name = words.requireName();
        if (!Tests.knows(name)) {
            throw JinjaException.at(line, "there is no test '" + name + "'");
        }
        Arguments arguments = Arguments.NONE;
        if (words.operator("(")) {
            arguments = arguments();
        } else if (startsArgument()) {
            arguments = new Arguments(List.of(postfix(primary())), List.of());
        }
        Expression test = new Expression.Tested(of, name, arguments);
        return negated ? new Expression.Not(test) : test;
    }

    private boolean startsArgument() {
        Token token = words.peek();
        return switch (token.kind()) {
            case NAME -> !Set.of("else", "or", "and", "if", "is", "in", "not").contains(token.text());
            case STRING, INTEGER, REAL -> true;
            case OPERATOR -> token.text().equals("[") || token.text().equals("{");
            case DATA, PRINT_BEGIN, PRINT_END, BLOCK_BEGIN, BLOCK_END, END -> false;
        };
    }

    Arguments arguments() {
        words.requireOperator("(");
        List<Expression> values = new ArrayList<>();
        List<Named> named = new ArrayList<>();
        while (more(values.isEmpty() && named.isEmpty(), ")")) {
            if (words.peek().kind() == Kind.NAME && words.peek(1).is(Kind.OPERATOR, "=")) {
                String name = words.requireName();
                words.take();
                named.add(new Named(name, expression()));
            } else if (named.isEmpty()) {
                values.add(expression());
            } else {
                throw words.unexpected("a name");
            }
        }
        return new Arguments(values, named);
    }
}
