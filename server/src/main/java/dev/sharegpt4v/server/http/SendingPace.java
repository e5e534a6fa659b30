package dev.sharegpt4v.server.http;

import io.helidon.webserver.CloseConnectionException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How fast a client must send: a head within the patience; a body with pauses within the patience, and then as fast as a
 * slow line. Called by the connection's thread only.
 */
final class SendingPace {

    /** Bytes a second that a body must come with after its first {@code patience}. */
    private static final long LEAST_RATE = 8 << 10;

    private static final double SECOND = 1e9;

    /** A body that does not come; answered by 408. */
    static final class TooSlow extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooSlow(String message) {
            super(message);
        }
    }

    private enum Phase {
        IDLE,
        HEAD,
        BODY,
        ANSWER
    }

    private final long patience;
    private final LongSupplier clock;
    private Phase phase = Phase.HEAD;
    private long started;
    private long received;

    /** The pace of a connection whose first bytes are here. */
    SendingPace(Duration patience, LongSupplier clock) {
        this.patience = patience.toNanos();
        this.clock = clock;
        this.started = clock.getAsLong();
    }

    /** More bytes have come. */
    void received(int bytes) {
        long now = clock.getAsLong();
        switch (phase) {
            case IDLE -> {
                phase = Phase.HEAD;
                started = now;
            }
            case HEAD -> {
                if (now - started > patience) {
                    throw new CloseConnectionException("the head of a request came too slowly");
                }
            }
            case BODY -> {
                received += bytes;
                if (now - started > allowed()) {
                    throw new TooSlow("the body came too slowly");
                }
            }
            case ANSWER -> {}
        }
    }

    /** Nanoseconds in which more must come. */
    long left() {
        long now = clock.getAsLong();
        return switch (phase) {
            case HEAD -> Math.max(0, started + patience - now);
            case BODY -> Math.clamp(started + allowed() - now, 0, patience);
            case IDLE, ANSWER -> patience;
        };
    }

    private long allowed() {
        return patience + (long) (received / (double) LEAST_RATE * SECOND);
    }

    /** What it means that nothing came in that time. */
    RuntimeException silent() {
        return phase == Phase.BODY
                ? new TooSlow("the body did not come")
                : new CloseConnectionException("the client was silent for too long");
    }

    /** A head was read. */
    void headRead() {
        phase = Phase.BODY;
        started = clock.getAsLong();
        received = 0;
    }

    /** Its body was read, too; from now on the client waits. */
    void bodyRead() {
        phase = Phase.ANSWER;
    }

    /** The exchange is over. */
    void answered() {
        phase = Phase.IDLE;
    }
}
