package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.openai.ApiException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Work that keeps a core busy for long, a bounded number at one time, on threads of the operating system: a virtual thread
 * that computes gives its carrier to nobody, and there are no more carriers than cores. Thread-safe.
 */
final class CpuWork {

    /** How often who waits for a place looks whether its client still waits. */
    private static final long LOOK_MILLIS = 50;

    private final Semaphore places;
    private final Executor threads;

    /** For so many at one time; {@code name} is that of the threads. */
    CpuWork(String name, int places) {
        this.places = new Semaphore(places);
        this.threads = Executors.newCachedThreadPool(
                Thread.ofPlatform().daemon().name(name + "-", 0).factory());
    }

    /** On a quarter of the processors, for what words take. */
    static CpuWork onAQuarter(String name) {
        return new CpuWork(name, Math.max(1, Runtime.getRuntime().availableProcessors() / 4));
    }

    /**
     * The result of some work, which begins when there is a place for it. Once begun it is waited for in any case, so that
     * what its caller holds for it is held until its end.
     *
     * @throws ApiException when the client leaves or the caller is interrupted before it begins
     */
    <T> T run(Client client, Supplier<T> work) {
        awaitPlace(client);
        CompletableFuture<T> result = CompletableFuture.supplyAsync(work, threads);
        try {
            return result.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw e;
            }
        } finally {
            places.release();
        }
    }

    private void awaitPlace(Client client) {
        try {
            do {
                client.requirePresent();
            } while (!places.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.unavailable("shutting_down", "The request was given up.");
        }
    }
}
