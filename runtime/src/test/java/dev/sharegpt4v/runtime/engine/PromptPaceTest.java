package dev.sharegpt4v.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Costs here are made up: 80 ms, and 20 ms for each token. */
final class PromptPaceTest {

    private final PromptPace pace = new PromptPace(2.5, 8);

    @Test
    void promptsWaitUntilItIsKnownWhatStreamsCostAlone() {
        for (int i = 0; i < 3; i++) {
            assertThat(pace.tokens(2)).isZero();
            step(2, 0);
        }
        assertThat(pace.tokens(2)).as("begins small").isEqualTo(1);
    }

    @Test
    void promptsMayStretchAStepOfStreamsOnlyByTheGivenFactor() {
        learn(1);
        learn(4);
        // One stream takes 100 ms: 150 ms are left; four take 160 ms: 240 ms are left.
        assertThat(pace.tokens(1)).isBetween(6, 7);
        assertThat(pace.tokens(4)).isBetween(11, 12);
        assertThat(pace.tokens(0)).as("nobody waits").isEqualTo(Integer.MAX_VALUE);
        assertThat(new PromptPace(0, 8).tokens(3)).as("no limit").isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void aStepHoldsAtMostTwiceAsManyPromptTokensAsTheOneBefore() {
        for (int i = 0; i < 3; i++) {
            step(1, 0);
        }
        int before = 1;
        for (int i = 0; i < 20; i++) {
            int tokens = pace.tokens(1);
            assertThat(tokens).isLessThanOrEqualTo(2 * before);
            step(1, tokens);
            before = tokens > 0 ? tokens : before;
        }
    }

    @Test
    void nowAndThenAStepWithoutPromptsShowsWhatStreamsCost() {
        learn(1);
        int looks = 0;
        for (int i = 0; i < 330; i++) {
            int tokens = pace.tokens(1);
            looks += tokens == 0 ? 1 : 0;
            step(1, tokens);
        }
        assertThat(looks).isEqualTo(10);
    }

    @Test
    void streamsWhoseCostIsUnknownCountAsFewerStreams() {
        learn(2);
        // Two take 120 ms and leave 180.
        assertThat(pace.tokens(5)).isBetween(8, 9);
        assertThat(pace.tokens(1)).as("one may be cheaper than two").isZero();
    }

    @Test
    void oneSlowStepDoesNotMakeRoomForPrompts() {
        learn(1);
        pace.note(1, 0, 5_000_000_000L);
        assertThat(pace.tokens(1)).isLessThanOrEqualTo(26);
        step(1, 0);
        assertThat(pace.tokens(1)).isBetween(6, 7);
    }

    @Test
    void oneSlowStepWithPromptsMakesPromptsSmallForAWhile() {
        learn(1);
        pace.note(1, 7, 2_000_000_000L);
        assertThat(pace.tokens(1)).isEqualTo(1);
        for (int i = 0; i < 40; i++) {
            step(1, pace.tokens(1));
        }
        assertThat(pace.tokens(1)).isIn(0, 6, 7);
    }

    /** Until the pace is settled, and just after a look. */
    private void learn(int streams) {
        for (int i = 0; i < 200; i++) {
            step(streams, pace.tokens(streams));
        }
        while (pace.tokens(streams) != 0) {
            step(streams, pace.tokens(streams));
        }
        step(streams, 0);
    }

    private void step(int streams, int promptTokens) {
        pace.note(streams, promptTokens, 80_000_000L + (streams + promptTokens) * 20_000_000L);
    }
}
