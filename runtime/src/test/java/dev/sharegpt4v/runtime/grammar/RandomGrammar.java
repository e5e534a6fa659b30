package dev.sharegpt4v.runtime.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Grammars of a few rules over the letters a, b and c, and vocabularies of short texts over them. */
final class RandomGrammar {

    private static final String LETTERS = "abc ";

    private final Random random;
    private final List<Expression.Rule> rules = new ArrayList<>();

    RandomGrammar(Random random) {
        this.random = random;
    }

    Expression grammar() {
        for (int i = 0; i < 3; i++) {
            rules.add(new Expression.Rule("r" + i));
        }
        for (Expression.Rule rule : rules) {
            // Each rule has a way out, and a byte before it comes to a rule again.
            rule.define(Expression.choice(List.of(
                    word(1 + random.nextInt(2)),
                    Expression.sequence(word(1), any(2, true), any(1, true)),
                    Expression.sequence(word(1), any(1, true)))));
        }
        return Expression.sequence(any(3, true), rules.getFirst());
    }

    private Expression any(int depth, boolean withRules) {
        return switch (random.nextInt(depth == 0 ? 3 : 7)) {
            case 0, 1 -> word(1 + random.nextInt(3));
            case 2 -> withRules ? rules.get(random.nextInt(rules.size())) : word(1);
            case 3 -> Expression.sequence(any(depth - 1, withRules), any(depth - 1, withRules));
            case 4 -> Expression.choice(List.of(any(depth - 1, withRules), any(depth - 1, withRules)));
            case 5 -> Expression.optional(any(depth - 1, withRules));
            default -> {
                int least = random.nextInt(3);
                int most = random.nextBoolean() ? Expression.Repetition.UNBOUNDED : least + random.nextInt(3);
                yield new Expression.Repetition(any(depth - 1, withRules), least, most);
            }
        };
    }

    private Expression word(int length) {
        return Expression.Bytes.of(text(random, length));
    }

    static String text(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.toString();
    }

    /** Id 0 ends an answer; the first letters stand there alone, so that every text can be told. */
    static List<String> vocabulary(Random random, int size) {
        List<String> pieces = new ArrayList<>(List.of("", "a", "b", "c", " "));
        while (pieces.size() < size) {
            pieces.add(text(random, 1 + random.nextInt(5)));
        }
        return pieces;
    }
}
