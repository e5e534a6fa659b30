package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.WireWriter;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events of one answer, with comments while nothing else is sent.
 *
 * <p>Helidon's own sink serves only clients that accept {@code text/event-stream}, and OpenAI's clients do not say so.
 * Source: the HTML standard, section 9.2.
 */
final class EventStream implements AutoCloseable {

    private static final byte[] PING = ": ping\n\n".getBytes(StandardCharsets.UTF_8);

    private final ServerResponse response;
    private final Thread pinger;
    private @Nullable OutputStream output;
    private boolean closed;
    private boolean ended;
    private boolean silent = true;

    /** Sends nothing yet. */
    EventStream(ServerResponse response, Duration pingInterval) {
        this.response = response;
        this.pinger = Thread.ofVirtual().name("ping").start(() -> ping(pingInterval));
    }

    /** Sends events in one piece; none after {@link #end()}. */
    void send(JsonNode... events) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (JsonNode event : events) {
            add(bytes, "data: ", event);
        }
        synchronized (this) {
            if (!ended) {
                write(bytes.toByteArray());
            }
        }
    }

    /** Sends events in one piece, each under the name that its {@code type} gives; none after {@link #end()}. */
    void sendTyped(List<JsonNode> events) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (JsonNode event : events) {
            add(bytes, "event: " + event.path("type").asText() + "\ndata: ", event);
        }
        synchronized (this) {
            if (!ended) {
                write(bytes.toByteArray());
            }
        }
    }

    /** What is sent from now on is dropped, but for an error: the answer has failed. */
    synchronized void end() {
        ended = true;
    }

    /** Tells of a failure by an event, which nothing follows; throws it when nothing was sent, for an answer of its own. */
    void sendError(ApiException error) {
        sendError(error, WireWriter.error(error));
    }

    /** The same in other words: under the name that the body's {@code type} gives, where it has one. */
    synchronized void sendError(ApiException error, JsonNode body) {
        if (output == null) {
            closed = true;
            throw error;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        add(bytes, "event: " + body.path("type").asText("error") + "\ndata: ", body);
        write(bytes.toByteArray());
    }

    void sendDone() {
        write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
    }

    private static void add(ByteArrayOutputStream bytes, String before, JsonNode data) {
        bytes.writeBytes(before.getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(WireWriter.bytes(data));
        bytes.writeBytes("\n\n".getBytes(StandardCharsets.UTF_8));
    }

    private synchronized void write(byte[] bytes) {
        silent = false;
        try {
            OutputStream opened = open();
            opened.write(bytes);
            opened.flush();
        } catch (IOException | RuntimeException e) {
            throw gone(e);
        }
    }

    /** What Helidon takes as the end of a connection, and does not write to the log with its trace. */
    private static CloseConnectionException gone(Exception cause) {
        return new CloseConnectionException("the client has gone", cause);
    }

    private OutputStream open() {
        OutputStream opened = output;
        if (opened == null) {
            response.header(HeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
            response.header(HeaderNames.CACHE_CONTROL, "no-cache");
            response.header(HeaderNames.create("X-Accel-Buffering"), "no");
            opened = response.outputStream();
            output = opened;
        }
        return opened;
    }

    private void ping(Duration interval) {
        try {
            while (true) {
                synchronized (this) {
                    wait(interval.toMillis());
                    if (closed) {
                        return;
                    }
                    if (silent) {
                        write(PING);
                    }
                    silent = true;
                }
            }
        } catch (CloseConnectionException e) {
            // The client has gone, which whoever watches it knows.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        OutputStream opened;
        synchronized (this) {
            closed = true;
            opened = output;
            notifyAll();
        }
        pinger.interrupt();
        if (opened == null) {
            return;
        }
        try {
            opened.close();
        } catch (IOException | RuntimeException e) {
            throw gone(e);
        }
    }
}
