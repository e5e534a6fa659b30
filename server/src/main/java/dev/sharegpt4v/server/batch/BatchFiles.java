package dev.sharegpt4v.server.batch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.stream.Stream;

/** Writes what a batch came to: a file of completed lines and one of all others, both in the order of the input. */
final class BatchFiles {

    private final FileStore files;
    private final BatchRecord record;
    private final BatchRun.Source source;

    private BatchFiles(FileStore files, BatchRecord record, BatchRun.Source source) {
        this.files = files;
        this.record = record;
        this.source = source;
    }

    /**
     * Writes the files; done twice, it gives the same files.
     *
     * @return the record with the files and the final counts
     */
    static BatchRecord write(FileStore files, BatchRecord record, BatchRun.Source source) throws IOException {
        return new BatchFiles(files, record, source).write();
    }

    private BatchRecord write() throws IOException {
        Tally tally = source.journal().tally();
        int unanswered = record.total() - tally.answered();
        Optional<String> output = Optional.empty();
        Optional<String> error = Optional.empty();
        try {
            if (tally.completed() > 0) {
                output = Optional.of(write("output", source.journal().completed()));
            }
            if (tally.failed() + unanswered > 0) {
                error = Optional.of(write("error", source.journal().rest(this::unanswered)));
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return record.withTally(tally.withUnanswered(unanswered)).withFiles(output, error);
    }

    private String write(String kind, Stream<byte[]> lines) throws IOException {
        String id = Ids.of(FileRecord.PREFIX, record.id() + "/" + kind);
        try (InputStream content = new LineStream(lines)) {
            files.write(
                    id,
                    record.id() + "_" + kind + ".jsonl",
                    "batch_output",
                    record.order().outputExpiresAfter(),
                    record.order().owner(),
                    content);
        }
        return id;
    }

    private byte[] unanswered(int line) {
        try {
            String id = source.line(record.order().endpoint(), line).customId();
            return record.status() == BatchStatus.CANCELLING
                    ? LineAnswers.unanswered(
                            id, "batch_cancelled", "This request was not executed because the batch was cancelled.")
                    : LineAnswers.unanswered(
                            id,
                            "batch_expired",
                            "This request could not be executed before the completion window expired.");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
