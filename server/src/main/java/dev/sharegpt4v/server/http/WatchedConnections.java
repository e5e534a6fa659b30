package dev.sharegpt4v.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Helidon's HTTP/1.1, with a {@link LookAhead} and a {@link TimedWriter} under each connection: Helidon itself never tells
 * of a hang-up, and waits forever for a client that does not read.
 */
final class WatchedConnections implements ServerConnectionSelector {

    private final Http1ConnectionSelector http =
            Http1ConnectionSelector.builder().config(Http1Config.create()).build();
    private final Duration writeTimeout;
    private final Duration patience;
    private final AtomicInteger open = new AtomicInteger();

    /**
     * Connections of clients that are cut off in the end.
     *
     * @param writeTimeout for what was sent and is not read
     * @param patience for what is to be sent
     */
    WatchedConnections(Duration writeTimeout, Duration patience) {
        this.writeTimeout = writeTimeout;
        this.patience = patience;
    }

    /** Connections that are served now. */
    int open() {
        return open.get();
    }

    /** None: the web server would wait for each of them as long as for all. */
    @Override
    public int bytesToIdentifyConnection() {
        return 0;
    }

    /** Everything: there is no other protocol here, and what is none gets an answer instead of silence. */
    @Override
    public Support supports(BufferData data) {
        return Support.SUPPORTED;
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        LookAhead input = new LookAhead(context.dataReader(), new SendingPace(patience, System::nanoTime));
        DataReader reader = DataReader.create(input);
        TimedWriter writer = new TimedWriter(context.dataWriter(), writeTimeout);
        return new Connection(http.connection(new WatchedContext(context, reader, writer)), input, writer, open);
    }

    private record Connection(ServerConnection http, LookAhead input, TimedWriter output, AtomicInteger open)
            implements ServerConnection, InterruptableTask<Void> {

        @Override
        public void handle(Limit limit) throws InterruptedException {
            open.incrementAndGet();
            try (TimedWriter.Watch _ = output.watch()) {
                ScopedValue.where(LookAhead.CURRENT, input).<Boolean, InterruptedException>call(() -> {
                    http.handle(limit);
                    // It has refused what it could not read.
                    input.linger();
                    return true;
                });
            } finally {
                open.decrementAndGet();
            }
        }

        @Override
        public Duration idleTime() {
            return http.idleTime();
        }

        @Override
        public void close(boolean interrupt) {
            http.close(interrupt);
        }

        @Override
        public boolean canInterrupt() {
            return http instanceof InterruptableTask<?> task && task.canInterrupt();
        }
    }
}
