package dev.sharegpt4v.runtime.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A lock that at most one process holds, and that the system drops when the process dies, however it dies: so what lies
 * beside a lock that is free was left by the dead. Its file is there while it is held, or after a death.
 */
public final class ProcessLock implements AutoCloseable {

    private static final long POLL_NANOS = Duration.ofMillis(10).toNanos();
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;
    /** Of a file with a hole, which takes no room. */
    private static final long MOST_BYTES = 1 << 20;

    /**
     * What this process holds. Where locks are POSIX's, a process loses its lock when it closes any of its channels on the
     * file; so a file that is held is not opened again.
     */
    private static final Map<String, FileChannel> HELD = new HashMap<>();

    private final Path file;
    private final FileChannel channel;

    private ProcessLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Takes the lock unless it is held, by another process or by this one. */
    public static Optional<ProcessLock> tryHold(Path file) throws IOException {
        synchronized (HELD) {
            String name = file.toAbsolutePath().normalize().toString();
            FileChannel held = HELD.get(name);
            if (held != null && held.isOpen()) {
                return Optional.empty();
            }
            Optional<ProcessLock> lock = tryHoldFor(file);
            lock.ifPresent(taken -> HELD.put(name, taken.channel));
            return lock;
        }
    }

    private static Optional<ProcessLock> tryHoldFor(Path file) throws IOException {
        while (true) {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (tryLock(channel) == null) {
                    channel.close();
                    return Optional.empty();
                }
                if (isStillThere(file, channel)) {
                    return Optional.of(new ProcessLock(file, channel));
                }
                channel.close();
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        }
    }

    /** Takes the lock as soon as it is free. */
    public static ProcessLock hold(Path file) throws IOException {
        while (true) {
            Optional<ProcessLock> lock = tryHold(file);
            if (lock.isPresent()) {
                return lock.get();
            }
            LockSupport.parkNanos(POLL_NANOS);
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while another process held " + file);
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(LOCKED_BYTE, 1, false);
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /**
     * The holder before may have removed the file after it was opened here; then another file has its name, or none. The
     * file's size, drawn by lot, tells: to open it once more would drop the lock.
     */
    private static boolean isStillThere(Path file, FileChannel channel) throws IOException {
        long size = ThreadLocalRandom.current().nextLong(1, MOST_BYTES);
        channel.truncate(0);
        channel.position(size - 1);
        channel.write(ByteBuffer.wrap(new byte[1]));
        try {
            return Files.size(file) == size;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Removes the file and lets others take the lock. */
    @Override
    public void close() throws IOException {
        synchronized (HELD) {
            try {
                Files.deleteIfExists(file);
            } finally {
                channel.close();
                HELD.remove(file.toAbsolutePath().normalize().toString(), channel);
            }
        }
    }
}
