package dev.sharegpt4v.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RepetitionRuleTest {

    @Test
    void aPatternThatStandsInARowOftenEnoughEndsTheText() {
        RepetitionRule rule = new RepetitionRule(2, 3, 3);
        assertThat(rule.isMet(new int[] {9, 1, 2, 1, 2, 1, 2}, 0, 7)).isTrue();
        assertThat(rule.isMet(new int[] {9, 1, 2, 1, 2, 1, 3}, 0, 7)).isFalse();
        assertThat(rule.isMet(new int[] {1, 2, 3, 1, 2, 3, 1, 2, 3}, 0, 9)).isTrue();
    }

    @Test
    void thePromptIsNoPartOfThePattern() {
        int[] tokens = {1, 2, 1, 2, 1, 2};
        assertThat(new RepetitionRule(2, 2, 3).isMet(tokens, 2, 6)).isFalse();
        assertThat(new RepetitionRule(2, 2, 2).isMet(tokens, 2, 6)).isTrue();
    }

    @Test
    void oneTokenOverAndOverIsAPatternOfOneToken() {
        int[] same = new int[12];
        assertThat(new RepetitionRule(1, 1, 12).isMet(same, 0, 12)).isTrue();
        assertThat(new RepetitionRule(1, 1, 13).isMet(same, 0, 12)).isFalse();
    }

    @Test
    void itAgreesWithComparingPiecesOfTheText() {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            int[] tokens = random.ints(1 + random.nextInt(14), 0, 2).toArray();
            int least = 1 + random.nextInt(3);
            RepetitionRule rule = new RepetitionRule(least, least + random.nextInt(3), 2 + random.nextInt(3));
            assertThat(rule.isMet(tokens, 0, tokens.length)).isEqualTo(naive(rule, tokens));
        }
    }

    @Test
    void whatIsNoRepetitionIsNoRule() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RepetitionRule(0, 3, 3));
        assertThatIllegalArgumentException().isThrownBy(() -> new RepetitionRule(4, 3, 3));
        assertThatIllegalArgumentException().isThrownBy(() -> new RepetitionRule(1, 3, 1));
    }

    private static boolean naive(RepetitionRule rule, int[] tokens) {
        for (int size = rule.minPattern(); size <= rule.maxPattern(); size++) {
            if (size * rule.minCount() > tokens.length) {
                continue;
            }
            int[] pattern = Arrays.copyOfRange(tokens, tokens.length - size, tokens.length);
            boolean all = true;
            for (int k = 1; k <= rule.minCount(); k++) {
                all &= Arrays.equals(
                        pattern, Arrays.copyOfRange(tokens, tokens.length - k * size, tokens.length - (k - 1) * size));
            }
            if (all) {
                return true;
            }
        }
        return false;
    }
}
