package dev.sharegpt4v.server.bench.chaos;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The body of an HTTP/1.1 answer: chunked, or of a given length. An end before its end is an {@link EOFException}.
 *
 * <p>Source: RFC 9112, sections 6 and 7.1.
 */
final class BodyStream extends InputStream {

    private static final int MOST_LINE = 16 << 10;

    private final InputStream source;
    private final boolean chunked;
    private long left;
    private boolean ended;

    private BodyStream(InputStream source, boolean chunked, long left) {
        this.source = source;
        this.chunked = chunked;
        this.left = left;
        this.ended = !chunked && left == 0;
    }

    static BodyStream chunked(InputStream source) {
        return new BodyStream(source, true, 0);
    }

    static BodyStream ofLength(InputStream source, long length) {
        return new BodyStream(source, false, length);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (ended || length == 0) {
            return ended ? -1 : 0;
        }
        if (chunked && left == 0 && !nextChunk()) {
            return -1;
        }
        int read = source.read(target, offset, (int) Math.min(length, left));
        if (read < 0) {
            throw new EOFException("the body ended early");
        }
        left -= read;
        if (left == 0 && chunked) {
            line(source);
        }
        ended = left == 0 && !chunked;
        return read;
    }

    private boolean nextChunk() throws IOException {
        String size = line(source);
        try {
            left = Long.parseLong(size.split(";", 2)[0].strip(), 16);
        } catch (NumberFormatException e) {
            throw new IOException("no size of a chunk: " + size, e);
        }
        if (left == 0) {
            ended = true;
            while (!line(source).isEmpty()) {
                // Trailers say nothing here.
            }
        }
        return !ended;
    }

    /** A line without its end. */
    static String line(InputStream source) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = source.read(); next != '\n'; next = source.read()) {
            if (next < 0) {
                throw new EOFException("the connection was closed");
            }
            if (line.length() > MOST_LINE) {
                throw new IOException("a line of the head is too long");
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }
}
