package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.WireWriter;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Server-sent events of one answer, with comments while nothing else is sent.
 *
 * <p>Helidon's own sink serves only clients that accept {@code text/event-stream}, and OpenAI's clients do not say so.
 * Source: the HTML standard, section 9.2.
 */
final class EventStream implements AutoCloseable {

    private static final byte[] PING = ": ping\n\n".getBytes(StandardCharsets.UTF_8);

    private final OutputStream output;
    private final Thread pinger;
    private boolean closed;
    private boolean silent = true;

    /** Sends the headers. */
    EventStream(ServerResponse response, Duration pingInterval) {
        response.header(HeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
        response.header(HeaderNames.CACHE_CONTROL, "no-cache");
        response.header(HeaderNames.create("X-Accel-Buffering"), "no");
        this.output = response.outputStream();
        this.pinger = Thread.ofVirtual().name("ping").start(() -> ping(pingInterval));
    }

    void send(JsonNode data) throws IOException {
        write(line("data: ", WireWriter.bytes(data), "\n\n"));
    }

    /** Tells of a failure when the answer has begun already; nothing follows. */
    void sendError(ApiException error) throws IOException {
        write(line("event: error\ndata: ", WireWriter.bytes(WireWriter.error(error)), "\n\n"));
    }

    void sendDone() throws IOException {
        write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] line(String before, byte[] data, String after) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(before.getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(data);
        bytes.writeBytes(after.getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }

    private synchronized void write(byte[] bytes) throws IOException {
        silent = false;
        try {
            output.write(bytes);
            output.flush();
        } catch (RuntimeException e) {
            // Helidon reports a lost connection by an unchecked exception.
            throw new IOException("the client has gone", e);
        }
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
        } catch (IOException e) {
            // The client has gone, which whoever watches it knows.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        pinger.interrupt();
        try {
            output.close();
        } catch (RuntimeException e) {
            throw new IOException("the client has gone", e);
        }
    }
}
