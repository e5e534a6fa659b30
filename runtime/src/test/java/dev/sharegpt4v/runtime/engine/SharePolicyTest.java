package dev.sharegpt4v.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.engine.SharePolicy.Candidate;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SharePolicyTest {

    private static final Candidate STREAM = new Candidate(true, 1, 1);
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    static Stream<Arguments> table() {
        return Stream.of(
                Arguments.of(
                        "streams come first and prompts share the rest",
                        List.of(prompt(50), STREAM, prompt(50), STREAM),
                        64,
                        NO_LIMIT,
                        new int[] {50, 1, 12, 1}),
                Arguments.of(
                        "a prompt that waits for an image leaves its share to the next",
                        List.of(new Candidate(false, 0, 70), prompt(50)),
                        32,
                        NO_LIMIT,
                        new int[] {0, 32}),
                Arguments.of(
                        "a full budget of streams leaves prompts waiting",
                        List.of(STREAM, STREAM, prompt(9)),
                        2,
                        NO_LIMIT,
                        new int[] {1, 1, 0}),
                Arguments.of(
                        "nobody gets more than it can run", List.of(prompt(3), prompt(4)), 100, NO_LIMIT, new int[] {
                            3, 4
                        }),
                Arguments.of(
                        "a short prompt need not wait for a long one",
                        List.of(prompt(3000), prompt(500), prompt(40), prompt(20)),
                        128,
                        NO_LIMIT,
                        new int[] {68, 0, 40, 20}),
                Arguments.of(
                        "half of the budget is the first one's, however many short ones there are",
                        List.of(prompt(3000), prompt(30), prompt(30), prompt(30)),
                        128,
                        NO_LIMIT,
                        new int[] {68, 30, 30, 0}),
                Arguments.of(
                        "prompts keep to their budget beside streams",
                        List.of(STREAM, prompt(3000), STREAM, prompt(3)),
                        128,
                        8,
                        new int[] {1, 5, 1, 3}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("table")
    void aStepIsShared(String rule, List<Candidate> candidates, int budget, int promptBudget, int[] shares) {
        assertThat(SharePolicy.share(candidates, budget, promptBudget)).as(rule).containsExactly(shares);
    }

    @Test
    void noBudgetIsExceededAndNoneIsLeftWhileSomebodyCouldRun() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            List<Candidate> candidates = IntStream.range(0, random.nextInt(12))
                    .mapToObj(_ -> random.nextBoolean() ? STREAM : random(random))
                    .toList();
            int budget = 12 + random.nextInt(60);
            int promptBudget = 1 + random.nextInt(80);
            int[] shares = SharePolicy.share(candidates, budget, promptBudget);

            int prompts = 0;
            int wanted = 0;
            for (int at = 0; at < shares.length; at++) {
                Candidate candidate = candidates.get(at);
                assertThat(shares[at]).isBetween(candidate.decoding() ? 1 : 0, candidate.runnable());
                prompts += candidate.decoding() ? 0 : shares[at];
                wanted += candidate.decoding() ? 0 : candidate.runnable();
            }
            int left = budget - (Arrays.stream(shares).sum() - prompts);
            assertThat(prompts).isEqualTo(Math.min(wanted, Math.min(left, promptBudget)));
        }
    }

    private static Candidate random(Random random) {
        int remaining = 1 + random.nextInt(50);
        return new Candidate(false, random.nextBoolean() ? remaining : random.nextInt(remaining), remaining);
    }

    private static Candidate prompt(int tokens) {
        return new Candidate(false, tokens, tokens);
    }
}
