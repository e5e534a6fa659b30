package dev.sharegpt4v.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What steps have cost decides what they may do. Costs here are made up: 80 ms, and 20 ms for each token. */
final class StepPaceTest {

    private final StepPace pace = new StepPace(new EngineOptions(8, 8, 128, 2.5, 4, true, 1), 1000);

    @Test
    void aStepsCostIsAConstantAndAPartForEachToken() {
        StepCost cost = new StepCost();
        for (int tokens : new int[] {1, 128, 2, 64, 1, 8}) {
            cost.note(tokens, 80_000_000L + tokens * 20_000_000L);
        }
        assertThat(cost.of(10)).isCloseTo(280e6, within(1e3));
    }

    @Test
    void aCostThatChangesIsLearnedAgain() {
        StepCost cost = new StepCost();
        for (int i = 0; i < 100; i++) {
            cost.note(1 + i % 4, 1000 + 100 * (1 + i % 4));
        }
        for (int i = 0; i < 300; i++) {
            cost.note(1 + i % 4, 5000 + 300 * (1 + i % 4));
        }
        assertThat(cost.of(3)).isCloseTo(5900, within(10.0));
    }

    @Test
    void guessesThatComeTrueAreWorthTheirTime() {
        learn();
        Sequence looping = sequence(4, 5, 6, 7, 8, 9, 4, 5, 6);
        for (int i = 0; i < 40; i++) {
            looping.drafts().note(4, 4);
        }
        assertThat(guesses(looping)).containsExactly(7, 8, 9, 4);
    }

    @Test
    void guessesThatDoNotComeTrueEndButGetAnotherChanceNowAndThen() {
        learn();
        Sequence unlucky = sequence(4, 5, 6, 7, 8, 9, 4, 5, 6);
        for (int i = 0; i < 60; i++) {
            unlucky.drafts().note(4, 0);
        }
        int chances = 0;
        for (int i = 0; i < 640; i++) {
            int[] guesses = guesses(unlucky);
            chances += guesses.length > 0 ? 1 : 0;
            if (guesses.length > 0) {
                unlucky.drafts().note(guesses.length, 0);
            }
        }
        assertThat(chances).isBetween(5, 12);
    }

    @Test
    void guessesEndWhereTheAnswerMustEnd() {
        learn();
        Sequence sequence = new Sequence(
                new GenerationRequest(
                        "test",
                        new Prompt(new int[] {4, 5, 6, 7, 8, 9, 4, 5, 6}, List.of()),
                        SamplingOptions.GREEDY,
                        new StopRule(3, 0, Set.of())),
                new GenerationHandle("test", 0, _ -> {}),
                new SequenceClock(() -> 0),
                1,
                16);
        sequence.drafts().note(4, 4);
        assertThat(guesses(sequence))
                .as("two guesses and what follows them are three tokens")
                .hasSizeLessThan(3);
    }

    @Test
    void theShareOfTrueGuessesIsThatOfThoseWhosePredecessorsWereTrue() {
        DraftRecord record = new DraftRecord();
        for (int i = 0; i < 400; i++) {
            record.note(4, 1);
        }
        assertThat(record.rate()).as("one of two that count").isCloseTo(0.5, within(0.05));
    }

    private void learn() {
        for (int i = 0; i < 50; i++) {
            int tokens = 1 + i % 8;
            pace.note(tokens, 0, 0, 80_000_000L + tokens * 20_000_000L);
        }
    }

    private int[] guesses(Sequence sequence) {
        return pace.guess(List.of(StepPlan.Part.of(sequence, 1))).getFirst().guesses();
    }

    private static Sequence sequence(int... tokens) {
        return new Sequence(
                EngineRig.request(new Prompt(Arrays.copyOf(tokens, tokens.length), List.of()), 100),
                new GenerationHandle("test", 0, _ -> {}),
                new SequenceClock(() -> 0),
                1,
                16);
    }
}
