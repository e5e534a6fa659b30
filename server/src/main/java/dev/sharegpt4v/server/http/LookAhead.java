package dev.sharegpt4v.server.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.CloseConnectionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The input of one connection, read one buffer ahead while an exchange waits for its answer: the end of the input then
 * shows at once that the client has gone. A buffer that comes instead is the start of the next request and is kept.
 */
final class LookAhead implements Supplier<byte[]> {

    /** The input of the connection that the current thread serves. */
    static final ScopedValue<LookAhead> CURRENT = ScopedValue.newInstance();

    private static final int LINGER_SECONDS = 1;

    private final DataReader source;
    private final SendingPace pace;
    private volatile Client client = Client.UNWATCHED;
    private @Nullable FutureTask<byte[]> ahead;
    private boolean begun;

    LookAhead(DataReader source, SendingPace pace) {
        this.source = source;
        this.pace = pace;
    }

    /** How fast the client of the current exchange must send. */
    static SendingPace currentPace() {
        return CURRENT.get().pace;
    }

    /** The next buffer; an exception at the end of the input. Called by the connection's thread only. */
    @Override
    public byte[] get() {
        FutureTask<byte[]> pending = ahead;
        boolean asked = pending == null;
        if (pending == null) {
            pending = new FutureTask<>(this::read);
            Thread.ofVirtual().name("read").start(pending);
        }
        ahead = null;
        try {
            byte[] bytes = pending.get(pace.left(), TimeUnit.NANOSECONDS);
            begun = true;
            pace.received(bytes.length);
            return bytes;
        } catch (TimeoutException e) {
            // The web server sets no timeouts on its channels. The read goes on until the connection is closed,
            // which cannot be while a handshake waits for the client: its thread must end first.
            if (!begun) {
                pending.cancel(true);
            }
            ahead = pending;
            throw pace.silent();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CloseConnectionException("the server closes the connection", e);
        } catch (ExecutionException e) {
            if (asked && e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new CloseConnectionException("the client closed the connection", e);
        }
    }

    /** Watches the client of the current exchange, whose body was read. */
    static Client watchCurrent() {
        return CURRENT.get().watch();
    }

    /** The client whose exchange, or a part of whose exchange, the current thread serves; one who never leaves if none. */
    static Client currentClient() {
        if (Client.SERVED.isBound()) {
            return Client.SERVED.get();
        }
        return CURRENT.isBound() ? CURRENT.get().client : Client.UNWATCHED;
    }

    /** Watches the client of an exchange whose body was read. Called by the connection's thread only. */
    Client watch() {
        Client watched = new Client();
        client = watched;
        pace.bodyRead();
        if (ahead == null) {
            FutureTask<byte[]> task = new FutureTask<>(this::readAhead);
            ahead = task;
            Thread.ofVirtual().name("look-ahead").start(task);
        }
        return watched;
    }

    private byte[] readAhead() {
        try {
            return read();
        } catch (RuntimeException e) {
            client.leave();
            throw e;
        }
    }

    /** Waits until the client of the current exchange has read its refusal. */
    static void lingerCurrent() {
        CURRENT.get().linger();
    }

    /**
     * Drops what still comes, for a moment or until the client closes: a connection that is closed on unread input is
     * reset, and the client may lose the answer. Nothing can be read afterwards.
     */
    void linger() {
        FutureTask<byte[]> pending = ahead;
        FutureTask<byte[]> rest = pending != null ? pending : new FutureTask<>(this::drop);
        if (pending == null) {
            Thread.ofVirtual().name("linger").start(rest);
        }
        try {
            rest.get(LINGER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // It has closed, or has had its time.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private byte[] drop() {
        while (true) {
            source.ensureAvailable();
            source.skip(source.available());
        }
    }

    private byte[] read() {
        source.ensureAvailable();
        return source.readBytes(source.available());
    }
}
