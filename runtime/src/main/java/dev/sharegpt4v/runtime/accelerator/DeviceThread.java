package dev.sharegpt4v.runtime.accelerator;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The one thread that uses a graph: captures belong to the thread that made them, and a device is chosen per thread. Who
 * calls waits; handing over takes microseconds.
 */
final class DeviceThread implements AutoCloseable {

    private final ExecutorService thread;

    DeviceThread(String name, Accelerator accelerator) {
        this.thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name(name).daemon().factory());
        try {
            call(() -> {
                accelerator.makeCurrent();
                return true;
            });
        } catch (RuntimeException e) {
            thread.shutdown();
            throw e;
        }
    }

    /** Does work on the thread; what it throws is thrown here. An interrupt does not end the wait, since buffers are in use. */
    <T> T call(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, thread).join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException("work throws nothing checked. This is a bug.", e);
            }
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
