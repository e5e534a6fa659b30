package dev.sharegpt4v.server.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.testing.Continuation;
import dev.sharegpt4v.runtime.testing.ScriptedExecutor;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class StepBenchTest {

    private static final long MS = 1_000_000;

    private final AtomicLong clock = new AtomicLong();

    /** Steps take one millisecond more each time. The executor refuses to read what was never written. */
    private final ScriptedExecutor executor = new ScriptedExecutor(
            ScriptedExecutor.shape(50, 256), new KvGeometry(16, 16), Continuation.HASHED, this::tick);

    private final StepBench bench = new StepBench(executor, 8, 2, 1, clock::get);
    private long step;

    private void tick() {
        step++;
        clock.addAndGet(step * MS);
    }

    @Test
    void prefillIsTimedAfterOneUntimedRepetition() {
        List<StepResult> results = bench.run(new StepCase(1, 0, 16, 0));
        assertThat(results).singleElement().satisfies(result -> {
            assertThat(result.name()).isEqualTo("pp16");
            assertThat(result.times().nanos()).containsExactly(3 * MS, 4 * MS, 5 * MS, 6 * MS);
            assertThat(result.times().tokens()).isEqualTo(32);
        });
    }

    @Test
    void decodeIsTimedStepByStepAtItsContext() {
        List<StepResult> results = bench.run(new StepCase(3, 5, 0, 4));
        assertThat(results).singleElement().satisfies(result -> {
            assertThat(result.name()).isEqualTo("tg4");
            assertThat(result.times().nanos()).hasSize(8);
            assertThat(result.times().tokens()).isEqualTo(24);
        });
        assertThat(executor.steps().getLast().slices())
                .hasSize(3)
                .allSatisfy(slice -> assertThat(slice.firstPosition()).isEqualTo(8));
    }

    @Test
    void bothTestsOfACaseRunOneAfterTheOther() {
        assertThat(bench.run(new StepCase(2, 8, 8, 3)))
                .extracting(StepResult::name)
                .containsExactly("pp8", "tg3");
    }

    @Test
    void ratesAndTimesComeFromTheSteps() {
        StepTimes times = new StepTimes(8, new long[] {4 * MS, MS, 2 * MS, 3 * MS});
        assertThat(times.tokensPerSecond()).isCloseTo(800, within(1e-6));
        assertThat(times.medianMillis()).isCloseTo(2.5, within(1e-9));
        assertThat(times.leastMillis()).isCloseTo(1, within(1e-9));
    }

    @Test
    void casesAreEveryBatchWithEveryContext() {
        assertThat(StepCase.all(List.of(1, 4), List.of(0, 100), 20, 30))
                .containsExactly(
                        new StepCase(1, 0, 20, 30),
                        new StepCase(1, 100, 20, 30),
                        new StepCase(4, 0, 20, 30),
                        new StepCase(4, 100, 20, 30));
        assertThat(new StepCase(4, 100, 20, 30).length()).isEqualTo(130);
        assertThat(new StepCase(4, 100, 20, 30).blocks(64)).isEqualTo(12);
        assertThatIllegalArgumentException().isThrownBy(() -> new StepCase(0, 1, 1, 1));
    }
}
