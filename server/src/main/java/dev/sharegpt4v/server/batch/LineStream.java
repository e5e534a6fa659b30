package dev.sharegpt4v.server.batch;

import java.io.InputStream;
import java.util.Iterator;
import java.util.stream.Stream;

/** Pieces of text as the lines of a file; each is asked for when the one before was read. */
final class LineStream extends InputStream {

    private final Iterator<byte[]> pieces;
    private byte[] piece = new byte[0];
    /** Where in the piece; one behind it is its line feed. */
    private int at = 1;

    LineStream(Stream<byte[]> pieces) {
        this.pieces = pieces.iterator();
    }

    @Override
    public int read() {
        if (!hasMore()) {
            return -1;
        }
        return at < piece.length ? piece[at++] & 0xff : end();
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (!hasMore()) {
            return -1;
        }
        int count = Math.min(length, piece.length - at);
        if (count == 0) {
            target[offset] = (byte) end();
            return 1;
        }
        System.arraycopy(piece, at, target, offset, count);
        at += count;
        return count;
    }

    private int end() {
        at++;
        return '\n';
    }

    private boolean hasMore() {
        if (at > piece.length && pieces.hasNext()) {
            piece = pieces.next();
            at = 0;
        }
        return at <= piece.length;
    }
}
