package dev.sharegpt4v.server.batch;

import dev.sharegpt4v.runtime.storage.ProcessLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** What a server keeps on the disk for its clients, in a folder that no other process uses meanwhile. */
public final class DataFolder implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(DataFolder.class.getName());

    private final ProcessLock lock;
    private final DataLimits limits;
    private final Clock clock;
    private final FileStore files;
    private final BatchStore batches;

    private DataFolder(ProcessLock lock, DataLimits limits, Clock clock, FileStore files, BatchStore batches) {
        this.lock = lock;
        this.limits = limits;
        this.clock = clock;
        this.files = files;
        this.batches = batches;
    }

    /**
     * Opens a folder, or makes one.
     *
     * @throws UncheckedIOException when it cannot be used, or another process uses it
     */
    public static DataFolder open(Path folder, DataLimits limits, Clock clock) {
        try {
            Files.createDirectories(folder);
            ProcessLock lock = ProcessLock.tryHold(folder.resolve(".lock"))
                    .orElseThrow(() -> new IOException("another process uses it"));
            try {
                FileStore files = FileStore.open(folder.resolve("files"), limits, clock);
                return new DataFolder(lock, limits, clock, files, BatchStore.open(folder.resolve("batches")));
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use the data folder " + folder + ": " + e.getMessage(), e);
        }
    }

    public FileStore files() {
        return files;
    }

    public DataLimits limits() {
        return limits;
    }

    /**
     * Goes on with all batches that have not ended, and takes new ones; closed before this folder.
     *
     * @param routes that answer their lines
     * @param model that answers them
     * @param atOnce lines under way at one time
     * @throws UncheckedIOException when the batches cannot be read
     */
    public Batches startBatches(LineRoutes routes, String model, int atOnce) {
        try {
            return Batches.start(files, batches, limits, routes, model, atOnce, clock);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the batches: " + e.getMessage(), e);
        }
    }

    /** Lets others use the folder. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the data folder stays locked until this process ends", e);
        }
    }
}
