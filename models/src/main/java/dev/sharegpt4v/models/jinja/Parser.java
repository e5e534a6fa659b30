package dev.sharegpt4v.models.jinja;

import dev.sharegpt4v.models.jinja.Statement.Branch;
import dev.sharegpt4v.models.jinja.Statement.Parameter;
import dev.sharegpt4v.models.jinja.Statement.Target;
import dev.sharegpt4v.models.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads statements. */
final class Parser {

    private static final int DEEPEST = 30;

    private final Words words;
    private final ExpressionParser expressions;
    private final ContentUse use;
    private int depth;

    private Parser(Words words, ContentUse use) {
        this.words = words;
        this.expressions = new ExpressionParser(words);
        this.use = use;
    }

    static List<Statement> parse(String source, ContentUse use) {
        Parser parser = new Parser(new Words(Lexer.read(source)), use);
        List<Statement> body = parser.body(Set.of());
        if (parser.words.peek().kind() != Kind.END) {
            throw parser.words.unexpected("the end");
        }
        return body;
    }

    /** Statements up to a tag of one of these names, whose begin is taken and whose name is not. */
    private List<Statement> body(Set<String> ends) {
        if (++depth > DEEPEST) {
            throw JinjaException.at(words.line(), "the template is nested too deeply");
        }
        List<Statement> body = new ArrayList<>();
        while (words.peek().kind() != Kind.END) {
            Token token = words.take();
            switch (token.kind()) {
                case DATA -> body.add(new Statement.Data(Text.own(token.text())));
                case PRINT_BEGIN -> {
                    body.add(new Statement.Print(expressions.tuple(true), token.line()));
                    words.require(Kind.PRINT_END, "'}}'");
                }
                default -> {
                    if (ends.contains(words.peek().text())) {
                        depth--;
                        return body;
                    }
                    body.add(statement());
                }
            }
        }
        if (!ends.isEmpty()) {
            throw JinjaException.at(
                    words.line(),
                    "'" + String.join("' or '", ends.stream().sorted().toList()) + "' is missing");
        }
        depth--;
        return body;
    }

    private Statement statement() {
        int line = words.line();
        String name = words.requireName();
        Statement statement = switch (name) {
            case "if" -> condition();
            case "for" -> loop(line);
            case "set" -> set(line);
            case "macro" -> macro();
            case "call" -> call(line);
            case "filter" -> filter();
            case "with" -> with(line);
            case "generation" -> {
                endTag();
                yield new Statement.With(List.of(), closed("endgeneration"));
            }
            case "break" -> new Statement.Break();
            case "continue" -> new Statement.Continue();
            default -> throw JinjaException.at(line, "there is no tag '" + name + "' here");
        };
        endTag();
        return statement;
    }

    private void endTag() {
        words.require(Kind.BLOCK_END, "'%}'");
    }

    private List<Statement> closed(String end) {
        List<Statement> body = body(Set.of(end));
        words.take();
        return body;
    }

    private Statement condition() {
        List<Branch> branches = new ArrayList<>();
        List<Statement> otherwise = List.of();
        while (true) {
            Expression test = expressions.tuple(false);
            endTag();
            branches.add(new Branch(test, body(Set.of("elif", "else", "endif"))));
            String next = words.take().text();
            if (next.equals("elif")) {
                continue;
            }
            if (next.equals("else")) {
                endTag();
                otherwise = closed("endif");
            }
            return new Statement.If(branches, otherwise);
        }
    }

    private Statement loop(int line) {
        Target.Names target = names();
        if (!words.skipName("in")) {
            throw words.unexpected("'in'");
        }
        Expression over = expressions.tuple(false);
        Optional<Expression> filter = words.skipName("if") ? Optional.of(expressions.expression()) : Optional.empty();
        if (words.name("recursive")) {
            throw JinjaException.at(line, "recursive loops are not supported");
        }
        endTag();
        use.loop(target, over);
        List<Statement> body = body(Set.of("else", "endfor"));
        List<Statement> otherwise = List.of();
        if (words.take().text().equals("else")) {
            endTag();
            otherwise = closed("endfor");
        }
        return new Statement.For(target, over, filter, body, otherwise, line);
    }

    private Target.Names names() {
        boolean bracket = words.skipOperator("(");
        List<String> names = new ArrayList<>(List.of(words.requireName()));
        boolean unpacks = false;
        while (words.skipOperator(",")) {
            unpacks = true;
            names.add(words.requireName());
        }
        if (bracket) {
            words.requireOperator(")");
        }
        return new Target.Names(names, unpacks);
    }

    private Target target() {
        if (words.peek(1).is(Kind.OPERATOR, ".")) {
            String namespace = words.requireName();
            words.take();
            return new Target.Member(namespace, words.requireName());
        }
        return names();
    }

    private Statement set(int line) {
        Target target = target();
        if (words.skipOperator("=")) {
            Expression value = expressions.tuple(true);
            if (target instanceof Target.Names names) {
                use.set(names, value);
            }
            return new Statement.Set(target, value, line);
        }
        Optional<Expression> filter = words.operator("|") ? Optional.of(filters()) : Optional.empty();
        endTag();
        return new Statement.SetBlock(target, filter, closed("endset"));
    }

    private Expression filters() {
        Optional<Expression> filter = Optional.empty();
        while (words.skipOperator("|")) {
            filter = Optional.of(expressions.filter(filter));
        }
        return filter.orElseThrow();
    }

    private Statement filter() {
        Expression filter = expressions.filter(Optional.empty());
        while (words.skipOperator("|")) {
            filter = expressions.filter(Optional.of(filter));
        }
        endTag();
        return new Statement.FilterBlock(filter, closed("endfilter"));
    }

    private Statement macro() {
        String name = words.requireName();
        List<Parameter> parameters = parameters();
        endTag();
        List<Statement> body = closed("endmacro");
        if (words.name(name)) {
            words.take();
        }
        return new Statement.Macro(name, parameters, body);
    }

    private List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>();
        words.requireOperator("(");
        while (!words.skipOperator(")")) {
            if (!parameters.isEmpty()) {
                words.requireOperator(",");
            }
            String name = words.requireName();
            parameters.add(new Parameter(
                    name, words.skipOperator("=") ? Optional.of(expressions.expression()) : Optional.empty()));
        }
        return parameters;
    }

    private Statement call(int line) {
        List<Parameter> parameters = words.operator("(") ? parameters() : List.of();
        if (!(expressions.expression() instanceof Expression.Calling calling)) {
            throw JinjaException.at(line, "'call' needs a call");
        }
        endTag();
        return new Statement.CallBlock(parameters, calling, closed("endcall"), line);
    }

    private Statement with(int line) {
        List<Statement.Set> names = new ArrayList<>();
        while (words.peek().kind() != Kind.BLOCK_END) {
            if (!names.isEmpty()) {
                words.requireOperator(",");
            }
            Target target = new Target.Names(List.of(words.requireName()), false);
            words.requireOperator("=");
            names.add(new Statement.Set(target, expressions.expression(), line));
        }
        endTag();
        return new Statement.With(names, closed("endwith"));
    }
}
