package dev.sharegpt4v.server.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads server-sent events as they come. Not thread-safe.
 *
 * <p>Source: the HTML standard, section 9.2.6. Lines end in CR, LF or both; comments, unknown fields and events without
 * data are passed over, and so is an event that the end of the stream cuts off.
 */
public final class EventReader {

    private static final int MOST_LINE_BYTES = 16 << 20;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /**
     * An event.
     *
     * @param name {@code message} unless the stream says otherwise
     * @param data its lines joined by newlines, not empty
     */
    public record Event(String name, String data) {}

    private final InputStream input;
    private final byte[] buffer = new byte[16 << 10];
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int position;
    private int limit;
    private boolean afterReturn;
    private boolean started;

    public EventReader(InputStream input) {
        this.input = input;
    }

    /** The next event; empty at the end of the stream. */
    public Optional<Event> next() throws IOException {
        String name = "";
        StringBuilder data = new StringBuilder();
        for (Optional<String> read = nextLine(); read.isPresent(); read = nextLine()) {
            String text = read.get();
            if (text.isEmpty()) {
                if (data.length() > 1) {
                    data.setLength(data.length() - 1);
                    return Optional.of(new Event(name.isEmpty() ? "message" : name, data.toString()));
                }
                name = "";
                data.setLength(0);
                continue;
            }
            int colon = text.indexOf(':');
            String field = colon < 0 ? text : text.substring(0, colon);
            String value = colon < 0 ? "" : text.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            switch (field) {
                case "event" -> name = value;
                case "data" -> data.append(value).append('\n');
                default -> {
                    // A comment, or a field that means nothing here.
                }
            }
        }
        return Optional.empty();
    }

    /** The next whole line without its end; decoded as a whole, so that no character is cut between two reads. */
    private Optional<String> nextLine() throws IOException {
        line.reset();
        for (int next = nextByte(); next >= 0; next = nextByte()) {
            boolean secondHalf = afterReturn && next == '\n';
            afterReturn = next == '\r';
            if (secondHalf) {
                continue;
            }
            if (next == '\n' || next == '\r') {
                return Optional.of(decode());
            }
            if (line.size() >= MOST_LINE_BYTES) {
                throw new IOException("a line of the stream is longer than " + MOST_LINE_BYTES + " bytes");
            }
            line.write(next);
        }
        return Optional.empty();
    }

    private String decode() {
        String text = line.toString(StandardCharsets.UTF_8);
        boolean marked = !started && text.startsWith(BYTE_ORDER_MARK);
        started = true;
        return marked ? text.substring(1) : text;
    }

    private int nextByte() throws IOException {
        if (position == limit) {
            limit = input.read(buffer);
            position = 0;
            if (limit <= 0) {
                limit = 0;
                return -1;
            }
        }
        return buffer[position++] & 0xff;
    }
}
