package dev.sharegpt4v.runtime.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.runtime.sampling.TokenMatcher;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class GrammarConstraintTest {

    private static final int END = 0;

    @Test
    void masksOfRandomGrammarsAreThoseOfTryingEveryToken() {
        Random random = new Random(5);
        int tokens = 0;
        for (int round = 0; round < 300; round++) {
            Expression grammar = new RandomGrammar(random).grammar();
            List<String> pieces = RandomGrammar.vocabulary(random, 40);
            TokenMatcher matcher = constraint(grammar, pieces).start();
            String said = "";
            for (int step = 0; step < 8; step++) {
                List<Integer> allowed = allowed(matcher, pieces.size());
                List<Integer> expected = new ArrayList<>();
                for (int id = 0; id < pieces.size(); id++) {
                    boolean possible = id == END
                            ? NaiveGrammar.of(grammar, shown(said)).whole()
                            : NaiveGrammar.of(grammar, shown(said + pieces.get(id)))
                                    .begins();
                    if (possible) {
                        expected.add(id);
                    }
                }
                assertThat(allowed).as("round %d after '%s'", round, said).isEqualTo(expected);
                allowed.removeIf(id -> id == END);
                if (allowed.isEmpty()) {
                    break;
                }
                int next = allowed.get(random.nextInt(allowed.size()));
                matcher.accept(next);
                said += pieces.get(next);
                tokens++;
            }
        }
        assertThat(tokens).isGreaterThan(1000);
    }

    /** What decoding shows of an answer: one space at its beginning is dropped. */
    private static byte[] shown(String said) {
        return (said.startsWith(" ") ? said.substring(1) : said).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aForkGoesItsOwnWay() {
        Expression grammar = Expression.choice(List.of(Expression.Bytes.of("ab"), Expression.Bytes.of("ac")));
        TokenMatcher one = constraint(grammar, List.of("", "a", "b", "c")).start();
        one.accept(1);
        TokenMatcher other = one.fork();
        one.accept(2);
        other.accept(3);
        assertThat(one.isComplete()).isTrue();
        assertThat(other.isComplete()).isTrue();
        assertThatThrownBy(() -> one.accept(1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatWasForgottenIsWorkedOutAgain() {
        Expression.Rule nest = new Expression.Rule("nest");
        nest.define(Expression.sequence(Expression.Bytes.of("a"), Expression.optional(nest), Expression.Bytes.of("b")));
        GrammarConstraint constraint = constraint(nest, List.of("", "a", "b", "aa", "bb", "ab"));
        TokenMatcher matcher = constraint.start();
        int depth = 20_000;
        for (int i = 0; i < depth; i++) {
            matcher.accept(1);
            if (i % 100 == 0) {
                assertThat(allowed(matcher, 6)).isEqualTo(i == 0 ? List.of(1, 2, 3, 5) : List.of(1, 2, 3, 4, 5));
            }
        }
        for (int i = 0; i < depth; i++) {
            assertThat(matcher.isComplete()).isFalse();
            matcher.accept(2);
        }
        assertThat(allowed(matcher, 6)).containsExactly(END);
    }

    @Test
    void aGrammarThatIsReadInExponentiallyManyWaysIsReadInGoodTime() {
        Expression.Rule rule = new Expression.Rule("s");
        rule.define(Expression.choice(List.of(
                Expression.sequence(Expression.Bytes.of("a"), Expression.optional(rule), Expression.Bytes.of("b")),
                Expression.sequence(Expression.Bytes.of("a"), Expression.optional(rule), Expression.Bytes.of("c")),
                Expression.sequence(Expression.Bytes.of("a"), Expression.optional(rule), Expression.optional(rule)))));
        GrammarConstraint constraint = constraint(rule, List.of("", "a", "b", "c"));
        TokenMatcher matcher = constraint.start();
        for (int i = 0; i < 60; i++) {
            matcher.accept(1);
        }
        assertThat(matcher.isComplete()).isTrue();
        matcher.accept(2);
        matcher.accept(3);
        assertThat(allowed(matcher, 4)).containsExactly(0, 1, 2, 3);
    }

    @Test
    void repetitionsOfNothingEnd() {
        Expression maybe = Expression.optional(Expression.Bytes.of("a"));
        Expression grammar =
                new Expression.Repetition(new Expression.Repetition(maybe, 0, Expression.Repetition.UNBOUNDED), 2, 5);
        assertThat(constraint(grammar, List.of("", "a", "b")).matches(new byte[0]))
                .isTrue();
        assertThat(constraint(grammar, List.of("", "a", "b")).matches("aaaaaaa".getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(constraint(grammar, List.of("", "a", "b")).matches("ab".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
    }

    @Test
    void aTokenThatEndsAnswersIsNoTextEvenIfItHasBytes() {
        TokenMatcher matcher =
                constraint(Expression.Bytes.of("ab"), List.of("", "a", "b")).start();
        float[] logits = {1, 1, 1};
        matcher.mask(logits, Set.of(1, 0));
        assertThat(logits).containsExactly(Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY);
    }

    private static GrammarConstraint constraint(Expression grammar, List<String> pieces) {
        return new GrammarConstraint(
                grammar, TokenTrie.of(pieces.size(), id -> pieces.get(id).getBytes(StandardCharsets.UTF_8)));
    }

    private static List<Integer> allowed(TokenMatcher matcher, int size) {
        float[] logits = new float[size];
        matcher.mask(logits, Set.of(END));
        List<Integer> allowed = new ArrayList<>();
        for (int id = 0; id < size; id++) {
            if (logits[id] == 0f) {
                allowed.add(id);
            }
        }
        return allowed;
    }
}
