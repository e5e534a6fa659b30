package dev.sharegpt4v.server.batch;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * The answers of one batch as they come, each on the disk before it counts. A record is a line of text: a checksum of the
 * rest, the number of the input's line from 0, {@code o} for the output file or {@code e} for the error file, three counts of
 * tokens, and the answer. What a kill left half written is dropped when the file is opened. Thread-safe.
 */
final class AnswerJournal implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(AnswerJournal.class.getName());
    private static final int CHECKSUM = 8;
    private static final int FIELDS = 6;

    private final FileChannel channel;
    private final long[] starts;
    private final int[] lengths;
    private final boolean[] completed;
    private Tally tally = Tally.NONE;
    private long end;

    private AnswerJournal(FileChannel channel, int lines) {
        this.channel = channel;
        this.starts = new long[lines];
        this.lengths = new int[lines];
        this.completed = new boolean[lines];
    }

    /**
     * Opens a journal, or makes one.
     *
     * @param lines of the input
     */
    static AnswerJournal open(Path file, int lines) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            AnswerJournal journal = new AnswerJournal(channel, lines);
            journal.load();
            return journal;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private synchronized void load() throws IOException {
        long size = channel.size();
        InputStream input = new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
        while (end < size) {
            byte[] line = line(input);
            Optional<Entry> entry = Entry.parse(line);
            if (entry.isEmpty() || entry.get().line() >= starts.length) {
                break;
            }
            put(entry.get(), line.length);
        }
        if (size > end) {
            LOG.log(System.Logger.Level.INFO, (size - end) + " bytes of an answer that was cut off are dropped");
            channel.truncate(end);
        }
    }

    /** Up to and with the next line feed; without one, what is left. */
    private static byte[] line(InputStream input) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        for (int next = input.read(); next >= 0; next = input.read()) {
            bytes.write(next);
            if (next == '\n') {
                break;
            }
        }
        return bytes.toByteArray();
    }

    /**
     * Writes an answer; it is on the disk then. The first answer of a line stands.
     *
     * @throws IOException when it is not; the journal is as before
     */
    synchronized void append(int line, Answer answer) throws IOException {
        if (lengths[line] > 0) {
            return;
        }
        Entry entry = new Entry(line, answer);
        byte[] record = entry.record();
        // At its place and not at the end of the file, where a write that failed may have left something.
        ByteBuffer buffer = ByteBuffer.wrap(record);
        for (long at = end; buffer.hasRemaining(); ) {
            at += channel.write(buffer, at);
        }
        channel.force(false);
        put(entry, record.length);
    }

    private void put(Entry entry, int length) {
        int line = entry.line();
        // A record that a failed sync left behind may be there twice.
        if (lengths[line] == 0) {
            starts[line] = end;
            lengths[line] = length;
            completed[line] = entry.answer().completed();
            tally = tally.plus(entry.answer());
        }
        end += length;
    }

    synchronized boolean has(int line) {
        return lengths[line] > 0;
    }

    synchronized Tally tally() {
        return tally;
    }

    /** The completed answers, in the order of the input's lines; read from the disk one after the other. */
    Stream<byte[]> completed() {
        return IntStream.range(0, starts.length).filter(this::isCompleted).mapToObj(this::json);
    }

    /**
     * All other lines, in their order.
     *
     * @param unanswered what to say of a line that has no answer
     */
    Stream<byte[]> rest(IntFunction<byte[]> unanswered) {
        return IntStream.range(0, starts.length)
                .filter(line -> !isCompleted(line))
                .mapToObj(line -> has(line) ? json(line) : unanswered.apply(line));
    }

    private synchronized boolean isCompleted(int line) {
        return completed[line];
    }

    private byte[] json(int line) {
        try {
            byte[] record;
            synchronized (this) {
                record = read(starts[line], lengths[line]);
            }
            return Entry.parse(record)
                    .orElseThrow(() -> new IOException("the answer of line " + (line + 1) + " is damaged"))
                    .answer()
                    .json();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] read(long start, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, start + buffer.position()) < 0) {
                throw new IOException("the journal has become shorter");
            }
        }
        return buffer.array();
    }

    @Override
    public synchronized void close() throws IOException {
        channel.close();
    }

    /**
     * One record.
     *
     * @param line of the input, from 0
     */
    private record Entry(int line, Answer answer) {

        byte[] record() {
            ByteArrayOutputStream rest = new ByteArrayOutputStream(answer.json().length + 64);
            String head = " %d %s %d %d %d "
                    .formatted(
                            line,
                            answer.completed() ? "o" : "e",
                            answer.inputTokens(),
                            answer.cachedTokens(),
                            answer.outputTokens());
            rest.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
            rest.writeBytes(answer.json());
            rest.write('\n');
            byte[] checked = rest.toByteArray();
            ByteArrayOutputStream whole = new ByteArrayOutputStream(checked.length + CHECKSUM);
            whole.writeBytes(checksum(checked, 0, checked.length).getBytes(StandardCharsets.US_ASCII));
            whole.writeBytes(checked);
            return whole.toByteArray();
        }

        static Optional<Entry> parse(byte[] record) {
            if (record.length <= CHECKSUM || record[record.length - 1] != '\n') {
                return Optional.empty();
            }
            String said = new String(record, 0, CHECKSUM, StandardCharsets.US_ASCII);
            if (!said.equals(checksum(record, CHECKSUM, record.length - CHECKSUM))) {
                return Optional.empty();
            }
            String[] fields = new String(record, StandardCharsets.UTF_8).split(" ", FIELDS + 1);
            byte[] json = fields[FIELDS].strip().getBytes(StandardCharsets.UTF_8);
            return Optional.of(new Entry(
                    Integer.parseInt(fields[1]),
                    new Answer(
                            fields[2].equals("o"),
                            Long.parseLong(fields[3]),
                            Long.parseLong(fields[4]),
                            Long.parseLong(fields[5]),
                            json)));
        }

        private static String checksum(byte[] bytes, int start, int length) {
            CRC32 sum = new CRC32();
            sum.update(bytes, start, length);
            return "%08x".formatted(sum.getValue());
        }
    }
}
