package dev.sharegpt4v.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class OpenLoopTest {

    private static final Arrivals AT_ONCE = new Arrivals(Double.POSITIVE_INFINITY, 1);

    private static Outcome outcome(int number) {
        return new Outcome.Failed(System.nanoTime(), "number", String.valueOf(number));
    }

    @Test
    void nobodyWaitsForAnotherAnswer() throws InterruptedException {
        CountDownLatch all = new CountDownLatch(30);
        List<Attempt> attempts = new OpenLoop(new Arrivals(10_000, 1), OptionalInt.empty(), 1).run(30, i -> {
            all.countDown();
            await(all);
            return outcome(i);
        });
        assertThat(attempts)
                .extracting(attempt -> ((Outcome.Failed) attempt.outcome()).message())
                .containsExactlyElementsOf(
                        IntStream.range(0, 30).mapToObj(String::valueOf).toList());
    }

    @Test
    void theCapHoldsAndOthersWaitAtTheClient() throws InterruptedException {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CyclicBarrier pair = new CyclicBarrier(2);
        List<Attempt> attempts = new OpenLoop(AT_ONCE, OptionalInt.of(2), 1).run(20, i -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            Outcome outcome = outcome(i);
            await(pair);
            now.decrementAndGet();
            await(pair);
            return outcome;
        });
        assertThat(most).hasValue(2);
        assertThat(attempts)
                .hasSize(20)
                .allMatch(attempt -> attempt.due() <= attempt.outcome().sent());
    }

    @Test
    void noRequestIsSentBeforeItsTime() throws InterruptedException {
        long started = System.nanoTime();
        long[] offsets = new Arrivals(200, 1).offsets(8, 5);
        List<Attempt> attempts =
                new OpenLoop(new Arrivals(200, 1), OptionalInt.empty(), 5).run(8, OpenLoopTest::outcome);
        for (int i = 0; i < 8; i++) {
            assertThat(attempts.get(i).due() - started).isGreaterThanOrEqualTo(offsets[i]);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
