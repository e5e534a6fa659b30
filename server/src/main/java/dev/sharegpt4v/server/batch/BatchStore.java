package dev.sharegpt4v.server.batch;

import dev.sharegpt4v.runtime.storage.AtomicFile;
import dev.sharegpt4v.runtime.storage.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A folder of batches: each has a folder with {@code batch.json} and, until it ends, {@code answers.journal}. */
final class BatchStore {

    private static final System.Logger LOG = System.getLogger(BatchStore.class.getName());
    private static final String RECORD = "batch.json";
    private static final String JOURNAL = "answers.journal";

    private final Path folder;

    private BatchStore(Path folder) {
        this.folder = folder;
    }

    static BatchStore open(Path folder) throws IOException {
        Files.createDirectories(folder);
        return new BatchStore(folder);
    }

    /** All batches in the order in which they came; what cannot be read is left alone. */
    List<BatchRecord> load() throws IOException {
        List<BatchRecord> found = new ArrayList<>();
        try (var entries = Files.list(folder)) {
            for (Path batch : entries.toList()) {
                if (!Files.exists(batch.resolve(RECORD))) {
                    // It was being made or removed.
                    remove(batch);
                    continue;
                }
                try {
                    found.add(BatchRecord.of(Files.readAllBytes(batch.resolve(RECORD))));
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.WARNING, batch + " cannot be read and is left alone", e);
                }
            }
        }
        found.sort(Comparator.comparingLong(BatchRecord::number));
        return found;
    }

    /** Writes a batch's state; it is on the disk then. */
    void save(BatchRecord record) throws IOException {
        Path batch = folder.resolve(record.id());
        if (!Files.exists(batch)) {
            Files.createDirectory(batch);
            Disk.syncNames(folder);
        }
        AtomicFile.write(batch.resolve(RECORD), record.stored());
    }

    AnswerJournal journal(BatchRecord record) throws IOException {
        return AnswerJournal.open(folder.resolve(record.id()).resolve(JOURNAL), record.total());
    }

    /** Removes the journal of a batch whose answers are in files now. */
    void dropJournal(BatchRecord record) throws IOException {
        Files.deleteIfExists(folder.resolve(record.id()).resolve(JOURNAL));
    }

    void remove(BatchRecord record) throws IOException {
        remove(folder.resolve(record.id()));
    }

    private static void remove(Path batch) throws IOException {
        Files.deleteIfExists(batch.resolve(RECORD));
        if (Files.isDirectory(batch)) {
            try (var entries = Files.list(batch)) {
                for (Path left : entries.toList()) {
                    Files.deleteIfExists(left);
                }
            }
            Files.deleteIfExists(batch);
        }
    }
}
