package dev.sharegpt4v.server.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Looks at files now and then and tells when they are others than before. It polls: notifications miss what mounted secrets
 * do, which swap a link some folders above.
 */
public final class ChangedFiles implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ChangedFiles.class.getName());

    /** What a file looked like. */
    private record Look(Object key, long modified, long size) {

        static Look at(Path file) {
            try {
                BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
                return new Look(
                        String.valueOf(seen.fileKey()), seen.lastModifiedTime().to(TimeUnit.NANOSECONDS), seen.size());
            } catch (IOException e) {
                return new Look("", 0, 0);
            }
        }
    }

    private static final class Watched {
        private final List<Path> files;
        private final Runnable reload;
        private List<Look> looks;

        Watched(List<Path> files, Runnable reload) {
            this.files = List.copyOf(files);
            this.reload = reload;
            this.looks = look();
        }

        private List<Look> look() {
            return files.stream().map(Look::at).toList();
        }

        /** What cannot be read stays as it was, and is tried again when it changes again. */
        void check() {
            List<Look> now = look();
            if (now.equals(looks)) {
                return;
            }
            looks = now;
            try {
                reload.run();
                LOG.log(System.Logger.Level.INFO, "read anew: " + files);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "kept what was read before from " + files + ": " + e.getMessage());
            }
        }
    }

    private final List<Watched> watched = new ArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Calls {@code reload} soon after one of the files has changed; to be called before {@link #start}. */
    public void watch(List<Path> files, Runnable reload) {
        watched.add(new Watched(files, reload));
    }

    /** Looks as often as said, if there is anything to look at. */
    public void start(Duration interval) {
        if (watched.isEmpty()) {
            return;
        }
        Thread.ofVirtual().name("changed-files").start(() -> {
            try {
                while (!closed.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                    check();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Looks once. */
    void check() {
        watched.forEach(Watched::check);
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
