package dev.sharegpt4v.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DecodeFirstPolicyTest {

    @Test
    void streamsComeFirstAndPromptsShareTheRestInOrder() {
        assertThat(share(new boolean[] {false, true, false, true}, new int[] {50, 1, 50, 1}, 64))
                .containsExactly(50, 1, 12, 1);
    }

    @Test
    void aPromptThatWaitsForAnImageLeavesItsShareToTheNext() {
        assertThat(share(new boolean[] {false, false}, new int[] {0, 50}, 32)).containsExactly(0, 32);
    }

    @Test
    void aFullBudgetOfStreamsLeavesPromptsWaiting() {
        assertThat(share(new boolean[] {true, true, false}, new int[] {1, 1, 9}, 2))
                .containsExactly(1, 1, 0);
    }

    @Test
    void nobodyGetsMoreThanItCanRun() {
        assertThat(share(new boolean[] {false, false}, new int[] {3, 4}, 100)).containsExactly(3, 4);
    }

    private static int[] share(boolean[] decoding, int[] runnable, int budget) {
        return DecodeFirstPolicy.share(decoding, runnable, budget);
    }
}
