package dev.sharegpt4v.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import io.helidon.webserver.CloseConnectionException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The output of one connection, which ends when a write takes too long: the client does not read.
 *
 * <p>The interrupt of a virtual thread that waits for a socket closes that socket (JEP 444), and with it the connection.
 */
final class TimedWriter implements DataWriter {

    private final DataWriter inner;
    private final Duration timeout;
    private final AtomicReference<@Nullable Write> current = new AtomicReference<>();

    /** A write under way; compared by identity. */
    private static final class Write {
        private final Thread thread = Thread.currentThread();
        private final long started = System.nanoTime();
    }

    TimedWriter(DataWriter inner, Duration timeout) {
        this.inner = inner;
        this.timeout = timeout;
    }

    /** Watches the writes until it is closed. */
    Watch watch() {
        Watch watch = new Watch(new CountDownLatch(1));
        Thread.ofVirtual().name("write-watch").start(() -> run(watch));
        return watch;
    }

    /** The watch over one connection. */
    record Watch(CountDownLatch over) implements AutoCloseable {
        @Override
        public void close() {
            over.countDown();
        }
    }

    private void run(Watch watch) {
        try {
            while (!watch.over().await(timeout.toNanos() / 4, TimeUnit.NANOSECONDS)) {
                Write seen = current.get();
                if (seen != null && isOver(seen) && current.compareAndSet(seen, null)) {
                    seen.thread.interrupt();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isOver(Write write) {
        return System.nanoTime() - write.started >= timeout.toNanos();
    }

    private void timed(Runnable action) {
        Write write = new Write();
        current.set(write);
        try {
            action.run();
        } catch (RuntimeException e) {
            requireTime(write, e);
            throw e;
        }
        requireTime(write, null);
    }

    private void requireTime(Write write, @Nullable RuntimeException cause) {
        if (!current.compareAndSet(write, null)) {
            throw new CloseConnectionException("the client did not read what was sent within " + timeout, cause);
        }
    }

    @Override
    public void write(BufferData... buffers) {
        timed(() -> inner.write(buffers));
    }

    @Override
    public void write(BufferData buffer) {
        timed(() -> inner.write(buffer));
    }

    @Override
    public void writeNow(BufferData... buffers) {
        timed(() -> inner.writeNow(buffers));
    }

    @Override
    public void writeNow(BufferData buffer) {
        timed(() -> inner.writeNow(buffer));
    }

    @Override
    public void flush() {
        timed(inner::flush);
    }

    @Override
    public void close() {
        inner.close();
    }
}
