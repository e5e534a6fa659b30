package dev.sharegpt4v.runtime.execution;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** A thread that does native work for callers who wait; handing over takes microseconds. */
public final class WorkThread implements AutoCloseable {

    private final ExecutorService executor;

    /**
     * Starts a thread.
     *
     * @param first is done on it before anything else; what it throws is thrown here, and the thread ends
     */
    public WorkThread(String name, Runnable first) {
        this.executor = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name(name).daemon().factory());
        try {
            call(() -> {
                first.run();
                return true;
            });
        } catch (RuntimeException | Error e) {
            executor.shutdown();
            throw e;
        }
    }

    /** Does work on the thread; what it throws is thrown here. An interrupt does not end the wait, since buffers are in use. */
    public <T> T call(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, executor).join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException("work throws nothing checked. This is a bug.", e);
            }
        }
    }

    /** Takes no more work, and waits for the end of what it does now. */
    @Override
    public void close() {
        executor.close();
    }
}
