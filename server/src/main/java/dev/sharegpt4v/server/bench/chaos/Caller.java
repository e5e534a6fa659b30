package dev.sharegpt4v.server.bench.chaos;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** One connection of a client that may misbehave. */
final class Caller implements AutoCloseable {

    private static final int CONNECT_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream input;
    private boolean reusable = true;

    /**
     * Connects.
     *
     * @param receiveBuffer bytes that the system takes in ahead of the reader; 0 for the usual
     * @param patience for a single piece of an answer
     */
    Caller(InetSocketAddress server, int receiveBuffer, Duration patience) throws IOException {
        this.socket = new Socket();
        try {
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.connect(server, CONNECT_MILLIS);
            socket.setSoTimeout((int) patience.toMillis());
            this.input = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    void send(byte[] bytes, int length) throws IOException {
        OutputStream output = socket.getOutputStream();
        output.write(bytes, 0, length);
        output.flush();
    }

    /** Says that nothing more comes. */
    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** A head and a body that is still to be read. */
    record Incoming(int status, Map<String, String> headers, InputStream body) {

        Answer readAll() throws IOException {
            return new Answer(status, headers, new String(body.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** Waits for the head of the next answer that is more than a word on the way. */
    Incoming receive() throws IOException {
        Incoming next = head();
        while (next.status() < 200) {
            next = head();
        }
        return next;
    }

    private Incoming head() throws IOException {
        String first = BodyStream.line(input);
        String[] words = first.split(" ", 3);
        if (words.length < 2 || !words[0].equals("HTTP/1.1") || !words[1].matches("[1-5][0-9][0-9]")) {
            throw new IOException("no status line: " + first);
        }
        Map<String, String> headers = new HashMap<>();
        for (String line = BodyStream.line(input); !line.isEmpty(); line = BodyStream.line(input)) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IOException("no header: " + line);
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        reusable = !headers.getOrDefault("connection", "").equalsIgnoreCase("close");
        boolean chunked = headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked");
        InputStream body = chunked
                ? BodyStream.chunked(input)
                : BodyStream.ofLength(input, Long.parseLong(headers.getOrDefault("content-length", "0")));
        return new Incoming(Integer.parseInt(words[1]), headers, body);
    }

    /** Whether the server takes another request on this connection. */
    boolean isReusable() {
        return reusable;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
