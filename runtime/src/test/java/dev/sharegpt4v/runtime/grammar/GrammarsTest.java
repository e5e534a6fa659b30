package dev.sharegpt4v.runtime.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class GrammarsTest {

    @Test
    void aRuleThatBeginsWithItselfIsFoundBehindWhatMayBeNothing() {
        Expression.Rule one = new Expression.Rule("one");
        Expression.Rule two = new Expression.Rule("two");
        Expression.Rule root = new Expression.Rule("root");
        one.define(Expression.sequence(Expression.optional(Expression.Bytes.of("x")), two, Expression.Bytes.of("y")));
        two.define(Expression.choice(List.of(Expression.Bytes.of("z"), one)));
        root.define(Expression.sequence(Expression.Bytes.of("r"), one));
        assertThat(Grammars.leftRecursive(root).orElseThrow()).isIn(one, two);
        assertThat(Grammars.endless(root)).isEmpty();
    }

    @Test
    void aRuleThatNoTextCompletesIsFound() {
        Expression.Rule root = new Expression.Rule("root");
        Expression.Rule endless = new Expression.Rule("endless");
        endless.define(Expression.sequence(Expression.Bytes.of("a"), endless));
        root.define(Expression.choice(List.of(Expression.Bytes.of("b"), endless)));
        assertThat(Grammars.endless(root)).contains(endless);
        assertThat(Grammars.leftRecursive(root)).isEmpty();
    }
}
