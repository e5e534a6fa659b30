package dev.sharegpt4v.server.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class FiguresTest {

    private static final long MS = 1_000_000;

    /** Sent at 100 ms; the other times are milliseconds after that. */
    private static Outcome answered(int prompt, int output, long... chunks) {
        return sentAt(100, prompt, output, chunks);
    }

    private static Outcome sentAt(long milliseconds, int prompt, int output, long... chunks) {
        long sent = milliseconds * MS;
        List<Long> times = new ArrayList<>();
        for (long chunk : chunks) {
            times.add(sent + chunk * MS);
        }
        return new Outcome.Answered(sent, times, new TokenCount(prompt, output, true));
    }

    private static Outcome failed(String kind, String message) {
        return new Outcome.Failed(0, kind, message);
    }

    private static Figures figures(Load load, Optional<Goodput> goodput, long nanos, Outcome... outcomes) {
        List<Attempt> attempts = Arrays.stream(outcomes)
                .map(outcome -> new Attempt(outcome.sent() - 5 * MS, outcome))
                .toList();
        List<Integer> pictures = attempts.stream().map(_ -> 1).toList();
        return Figures.of(new Run(load, attempts, pictures, 0, nanos), goodput);
    }

    private static Figures figures(Outcome... outcomes) {
        return figures(new ClosedLoop(1), Optional.empty(), 1_000 * MS, outcomes);
    }

    private static Distribution found(Latency latency, Outcome... outcomes) {
        return Objects.requireNonNull(figures(outcomes).latencies().get(latency));
    }

    @Test
    void timeToFirstTokenEndsWithTheFirstChunk() {
        assertThat(found(Latency.TTFT, answered(1, 3, 20, 40, 60)).mean()).isEqualTo(20);
    }

    @Test
    void endToEndEndsWithTheLastToken() {
        assertThat(found(Latency.E2E, answered(1, 3, 20, 40, 75)).mean()).isEqualTo(75);
    }

    @Test
    void timePerOutputTokenLeavesTheFirstTokenOut() {
        assertThat(found(Latency.TPOT, answered(1, 6, 20, 40, 70)).mean()).isCloseTo(10, within(1e-9));
    }

    @Test
    void answersOfOneTokenHaveNoTimePerOutputToken() {
        Distribution found = found(Latency.TPOT, answered(1, 1, 20), answered(1, 3, 20, 30, 40));
        assertThat(found.sorted()).containsExactly(10);
    }

    @Test
    void interTokenLatencyIsEveryGapOfEveryAnswer() {
        assertThat(found(Latency.ITL, answered(1, 3, 20, 40, 70), answered(1, 2, 5, 15))
                        .sorted())
                .containsExactly(10, 20, 30);
    }

    @Test
    void whatNoAnswerTellsIsLeftOut() {
        assertThat(figures(answered(1, 1, 5)).latencies()).containsOnlyKeys(Latency.TTFT, Latency.E2E);
    }

    @Test
    void ratesCountAnsweredRequestsOnly() {
        Figures figures = figures(
                new ClosedLoop(1),
                Optional.empty(),
                4_000 * MS,
                answered(600, 10, 20, 60),
                failed("http 429", "full"),
                answered(620, 30, 20, 60),
                failed("timeout", "late"),
                failed("http 429", "still full"));
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
        Outcome uncounted = new Outcome.Answered(0, List.of(1L), new TokenCount(0, 1, false));
        assertThat(figures(answered(1, 1, 5)).tokensCounted()).isTrue();
        assertThat(figures(answered(1, 1, 5), uncounted).tokensCounted()).isFalse();
    }

    @Test
    void goodAnswersKeepEveryLimit() {
        Optional<Goodput> limits = Optional.of(Goodput.parse(List.of("ttft:20", "tpot:10", "e2el:60")));
        Figures figures = figures(
                new ClosedLoop(1),
                limits,
                1_000 * MS,
                answered(1, 5, 20, 40, 60),
                answered(1, 5, 21, 40, 60),
                answered(1, 4, 20, 40, 60),
                answered(1, 9, 20, 40, 61),
                answered(1, 1, 20),
                failed("timeout", "late"));
        assertThat(figures.good()).hasValue(2);
        assertThat(figures(answered(1, 1, 5)).good()).isEmpty();
    }

    @Test
    void queueingAtTheClientIsToldWhereRequestsComeInUnderACap() {
        Load capped = new OpenLoop(new Arrivals(2, 1), OptionalInt.of(3), 1);
        Load free = new OpenLoop(new Arrivals(2, 1), OptionalInt.empty(), 1);
        assertThat(figures(capped, Optional.empty(), MS, answered(1, 1, 5)).queueing())
                .hasValueSatisfying(found -> assertThat(found.sorted()).containsExactly(5));
        assertThat(figures(free, Optional.empty(), MS, answered(1, 1, 5)).queueing())
                .isEmpty();
        assertThat(figures(answered(1, 1, 5)).queueing()).isEmpty();
    }

    @Test
    void peaksAreTheFullestSecondAndTheMostAtOnce() {
        Peaks peaks = figures(
                        sentAt(0, 1, 3, 100, 200, 900),
                        sentAt(100, 1, 2, 100, 300),
                        sentAt(950, 1, 2, 100, 200),
                        sentAt(400, 1, 1, 100))
                .peaks();
        assertThat(peaks.tokensPerSecond()).isEqualTo(6);
        assertThat(peaks.requestsPerSecond()).isEqualTo(4);
        assertThat(peaks.concurrent()).isEqualTo(2);
        assertThat(figures().peaks()).isEqualTo(new Peaks(0, 0, 0));
    }
}
