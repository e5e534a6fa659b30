package dev.sharegpt4v.runtime.storage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * A file that is replaced at once: whoever reads it sees the old content or the new, also when the writer is killed. What is
 * written stands beside it until it is whole; what a dead writer left there is removed by the next one.
 */
public final class AtomicFile implements AutoCloseable {

    private final Path target;
    private final Path partial;
    private final ProcessLock lock;

    private AtomicFile(Path target, ProcessLock lock) {
        this.target = target;
        this.partial = sibling(target, ".partial");
        this.lock = lock;
    }

    /** Waits until nobody else writes the file. */
    public static AtomicFile start(Path target) throws IOException {
        return of(target, ProcessLock.hold(sibling(target, ".lock")));
    }

    /** Replaces a file's content, or makes the file. */
    public static void write(Path target, byte[] content) throws IOException {
        try (AtomicFile file = start(target)) {
            file.write(content);
        }
    }

    /** Removes what a dead writer left beside a file, if there is anything and nobody writes now. */
    public static void tidy(Path target) throws IOException {
        if (Files.exists(sibling(target, ".lock")) || Files.exists(sibling(target, ".partial"))) {
            Optional<ProcessLock> lock = ProcessLock.tryHold(sibling(target, ".lock"));
            if (lock.isPresent()) {
                of(target, lock.get()).close();
            }
        }
    }

    private static AtomicFile of(Path target, ProcessLock lock) throws IOException {
        AtomicFile file = new AtomicFile(target, lock);
        try {
            Files.deleteIfExists(file.partial);
            return file;
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    /** Puts this content in the file's place; it is on the disk then. */
    public void write(byte[] content) throws IOException {
        write(new ByteArrayInputStream(content));
    }

    /** The same with what a stream gives until its end, which need not fit into memory. */
    public void write(InputStream content) throws IOException {
        Files.copy(content, partial);
        Disk.sync(partial);
        try {
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
        }
        Path folder = target.toAbsolutePath().getParent();
        if (folder != null) {
            Disk.syncNames(folder);
        }
    }

    /** Lets others write. */
    @Override
    public void close() throws IOException {
        try {
            Files.deleteIfExists(partial);
        } finally {
            lock.close();
        }
    }

    private static Path sibling(Path target, String ending) {
        return target.resolveSibling("." + target.getFileName() + ending);
    }
}
