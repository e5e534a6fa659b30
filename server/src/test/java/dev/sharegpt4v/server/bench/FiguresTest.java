package dev.sharegpt4v.server.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class FiguresTest {

    private static final long MS = 1_000_000;

    /** Sent at 100 ms; the other times are milliseconds after that. */
    private static Outcome answered(int prompt, int output, long ended, long... chunks) {
        long sent = 100 * MS;
        List<Long> times = new ArrayList<>();
        for (long chunk : chunks) {
            times.add(sent + chunk * MS);
        }
        return new Outcome.Answered(sent, times, sent + ended * MS, new TokenCount(prompt, output, true));
    }

    private static Distribution found(Latency latency, Outcome... outcomes) {
        return Objects.requireNonNull(
                Figures.of(List.of(outcomes), 0, 1_000 * MS).latencies().get(latency));
    }

    @Test
    void timeToFirstTokenEndsWithTheFirstChunk() {
        assertThat(found(Latency.TTFT, answered(1, 3, 60, 20, 40, 60)).mean()).isEqualTo(20);
    }

    @Test
    void endToEndEndsWithTheLastChunkOfAll() {
        assertThat(found(Latency.E2E, answered(1, 3, 75, 20, 40, 60)).mean()).isEqualTo(75);
    }

    @Test
    void timePerOutputTokenLeavesTheFirstTokenOut() {
        assertThat(found(Latency.TPOT, answered(1, 6, 70, 20, 40, 60)).mean()).isCloseTo(10, within(1e-9));
    }

    @Test
    void answersOfOneTokenHaveNoTimePerOutputToken() {
        assertThat(found(Latency.TPOT, answered(1, 1, 70, 20), answered(1, 3, 40, 20, 30, 40)))
                .isEqualTo(new Distribution(1, 10, 10, 10, 10));
    }

    @Test
    void interTokenLatencyIsEveryGapOfEveryAnswer() {
        Distribution gaps = found(Latency.ITL, answered(1, 3, 60, 20, 40, 70), answered(1, 2, 15, 5, 15));
        assertThat(gaps.count()).isEqualTo(3);
        assertThat(gaps.mean()).isCloseTo(20, within(1e-9));
        assertThat(gaps.p50()).isEqualTo(20);
    }

    @Test
    void whatNoAnswerTellsIsLeftOut() {
        assertThat(Figures.of(List.of(answered(1, 1, 5, 5)), 0, MS).latencies())
                .containsOnlyKeys(Latency.TTFT, Latency.E2E);
    }

    @Test
    void ratesCountAnsweredRequestsOnly() {
        Figures figures = Figures.of(
                List.of(
                        answered(600, 10, 60, 20),
                        new Outcome.Failed("http 429", "full"),
                        answered(620, 30, 60, 20),
                        new Outcome.Failed("timeout", "late"),
                        new Outcome.Failed("http 429", "still full")),
                1,
                4_000 * MS);
        assertThat(figures.requests()).isEqualTo(5);
        assertThat(figures.answered()).isEqualTo(2);
        assertThat(figures.requestsPerSecond()).isEqualTo(0.5);
        assertThat(figures.imagesPerSecond()).isEqualTo(0.5);
        assertThat(figures.outputTokensPerSecond()).isEqualTo(10);
        assertThat(figures.totalTokensPerSecond()).isEqualTo(315);
        assertThat(figures.failures())
                .hasSize(2)
                .containsEntry("http 429", new Figures.Failures(2, "full"))
                .containsEntry("timeout", new Figures.Failures(1, "late"));
    }

    @Test
    void oneUncountedAnswerMakesAllTokensUncounted() {
        Outcome uncounted = new Outcome.Answered(0, List.of(1L), 2, new TokenCount(0, 1, false));
        assertThat(Figures.of(List.of(answered(1, 1, 5, 5)), 0, MS).tokensCounted())
                .isTrue();
        assertThat(Figures.of(List.of(answered(1, 1, 5, 5), uncounted), 0, MS).tokensCounted())
                .isFalse();
    }
}
