package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.server.openai.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class CpuWorkTest {

    private final CpuWork work = new CpuWork("work", 2);

    @Test
    void worksOnThreadsOfTheOperatingSystem() {
        assertThat(work.run(Client.UNWATCHED, () -> Thread.currentThread().isVirtual()))
                .isFalse();
    }

    @Test
    void neverDoesMoreAtOneTimeThanThereArePlaces() throws Exception {
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Future<Integer>> results = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 40; i++) {
                int number = i;
                results.add(callers.submit(() -> work.run(Client.UNWATCHED, () -> {
                    most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                    LockSupport.parkNanos(10_000);
                    underWay.decrementAndGet();
                    return number;
                })));
            }
        }
        for (int i = 0; i < results.size(); i++) {
            assertThat(results.get(i).get()).isEqualTo(i);
        }
        assertThat(most.get()).isBetween(1, 2);
    }

    @Test
    void tellsTheCallerWhatTheWorkThrewAndFreesItsPlace() {
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> work.run(Client.UNWATCHED, () -> {
                        throw ApiException.badRequest("a_code", "a.place", "A sentence.");
                    }))
                    .isInstanceOf(ApiException.class)
                    .hasMessage("A sentence.");
            assertThatThrownBy(() -> work.run(Client.UNWATCHED, () -> {
                        throw new StackOverflowError();
                    }))
                    .isInstanceOf(StackOverflowError.class);
        }
        assertThat(work.run(Client.UNWATCHED, () -> "done")).isEqualTo("done");
    }

    @Test
    void whoLeavesNoLongerWaitsForAPlace() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch begun = new CountDownLatch(2);
            for (int i = 0; i < 2; i++) {
                callers.execute(() -> work.run(Client.UNWATCHED, () -> {
                    begun.countDown();
                    return CompletableFuture.runAsync(() -> await(end)).join();
                }));
            }
            begun.await();
            Client client = new Client();
            Future<String> third = callers.submit(() -> work.run(client, () -> "never"));
            client.leave();
            assertThatThrownBy(third::get).hasCauseInstanceOf(ApiException.class);
            end.countDown();
        }
        assertThat(work.run(Client.UNWATCHED, () -> "done")).isEqualTo("done");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
