package dev.sharegpt4v.server.bench;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
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
    public List<Attempt> run(int requests, IntFunction<Outcome> send) throws InterruptedException {
        Attempt[] attempts = new Attempt[requests];
        AtomicInteger next = new AtomicInteger();
        Callable<Boolean> client = () -> {
            for (int i = next.getAndIncrement(); i < requests; i = next.getAndIncrement()) {
                Outcome outcome = send.apply(i);
                attempts[i] = new Attempt(outcome.sent(), outcome);
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
        return Arrays.asList(attempts);
    }

    @Override
    public double rate() {
        return Double.POSITIVE_INFINITY;
    }

    @Override
    public double burstiness() {
        return 1;
    }

    @Override
    public OptionalInt maxConcurrency() {
        return OptionalInt.of(clients);
    }

    @Override
    public String label() {
        return clients == 1 ? "1 client" : clients + " clients";
    }
}
