package dev.sharegpt4v.server.bench;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * A fixed number of clients, each of which asks again when it was answered.
 *
 * @param clients that ask at the same time
 */
public record ClosedLoop(int clients) implements Load {

    public ClosedLoop {
        if (clients < 1) {
            throw new IllegalArgumentException(clients + " clients");
        }
    }

    @Override
    public List<Outcome> run(int requests, IntFunction<Outcome> send) throws InterruptedException {
        Outcome[] outcomes = new Outcome[requests];
        AtomicInteger next = new AtomicInteger();
        Callable<Boolean> client = () -> {
            for (int i = next.getAndIncrement(); i < requests; i = next.getAndIncrement()) {
                outcomes[i] = send.apply(i);
            }
            return true;
        };
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> ended : threads.invokeAll(Collections.nCopies(Math.min(clients, requests), client))) {
                ended.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a client of the measurement failed. This is a bug.", e.getCause());
        }
        return Arrays.asList(outcomes);
    }
}
