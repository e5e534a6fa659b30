package dev.sharegpt4v.server.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/**
 * Requests arrive whether others were answered or not.
 *
 * @param arrivals when
 * @param maxConcurrency requests under way at most; others wait at the client
 * @param seed of the arrivals
 */
public record OpenLoop(Arrivals arrivals, OptionalInt maxConcurrency, long seed) implements Load {

    @Override
    public List<Attempt> run(int requests, IntFunction<Outcome> send) throws InterruptedException {
        long[] offsets = arrivals.offsets(requests, seed);
        Semaphore places = new Semaphore(maxConcurrency.orElse(Integer.MAX_VALUE), true);
        List<Future<Attempt>> sent = new ArrayList<>();
        List<Attempt> attempts = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long started = System.nanoTime();
            for (int i = 0; i < requests; i++) {
                int request = i;
                waitUntil(started + offsets[i]);
                long due = System.nanoTime();
                sent.add(threads.submit(() -> send(places, due, request, send)));
            }
            for (Future<Attempt> attempt : sent) {
                attempts.add(attempt.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a client of the measurement failed. This is a bug.", e.getCause());
        }
        return attempts;
    }

    private static Attempt send(Semaphore places, long due, int request, IntFunction<Outcome> send)
            throws InterruptedException {
        places.acquire();
        try {
            return new Attempt(due, send.apply(request));
        } finally {
            places.release();
        }
    }

    private static void waitUntil(long time) throws InterruptedException {
        for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    @Override
    public double rate() {
        return arrivals.rate();
    }

    @Override
    public double burstiness() {
        return arrivals.burstiness();
    }

    @Override
    public String label() {
        return Double.isInfinite(rate()) ? "all at once" : PlainNumber.of(rate()) + " requests/s";
    }
}
