package dev.sharegpt4v.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ClosedLoopTest {

    private static Outcome outcome(int number) {
        return new Outcome.Failed(number, "number", String.valueOf(number));
    }

    @Test
    void outcomesStandInTheOrderOfTheirRequests() throws InterruptedException {
        List<Attempt> attempts = new ClosedLoop(3).run(20, ClosedLoopTest::outcome);
        assertThat(attempts).hasSize(20);
        for (int i = 0; i < 20; i++) {
            assertThat(attempts.get(i)).isEqualTo(new Attempt(i, outcome(i)));
        }
    }

    @Test
    void soManyClientsAskAtOneTimeAndNoMore() throws InterruptedException {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CyclicBarrier allAreThere = new CyclicBarrier(4);
        new ClosedLoop(4).run(40, i -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            await(allAreThere);
            now.decrementAndGet();
            await(allAreThere);
            return outcome(i);
        });
        assertThat(most).hasValue(4);
    }

    @Test
    void thereAreNoMoreClientsThanRequests() throws InterruptedException {
        assertThat(new ClosedLoop(50).run(2, ClosedLoopTest::outcome)).hasSize(2);
        assertThat(new ClosedLoop(50).run(0, ClosedLoopTest::outcome)).isEmpty();
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
