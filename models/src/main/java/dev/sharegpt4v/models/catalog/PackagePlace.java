package dev.sharegpt4v.models.catalog;

import dev.sharegpt4v.runtime.storage.Disk;
import dev.sharegpt4v.runtime.storage.ProcessLock;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a package lies, and what lies beside it while it is written.
 *
 * <p>A new package is written beside its place and renamed when it is whole. One that it replaces steps aside first; so a
 * process that is killed between the two renames leaves the old package aside, from where {@link #recover} takes it back.
 *
 * @param target the package's folder
 * @param lock held by who writes
 * @param partial the folder of a package that is not whole yet
 * @param aside the folder of the package that is replaced
 */
public record PackagePlace(Path target, Path lock, Path partial, Path aside) {

    /** The place of a folder that has a name, which a root has not. */
    public static PackagePlace of(Path folder) {
        Path target = folder.toAbsolutePath().normalize();
        String name = "." + target.getFileName();
        return new PackagePlace(
                target,
                target.resolveSibling(name + ".lock"),
                target.resolveSibling(name + ".partial"),
                target.resolveSibling(name + ".replaced"));
    }

    /** Cleans up after a writer that died; does nothing while one lives. */
    public void recover() throws IOException {
        if (hasRemains()) {
            Optional<ProcessLock> held = ProcessLock.tryHold(lock);
            if (held.isPresent()) {
                tidy(held.get());
            }
        }
    }

    /** Waits for a writer to end, or to die, and cleans up after it. */
    public void awaitWriter() throws IOException {
        if (hasRemains()) {
            tidy(ProcessLock.hold(lock));
        }
    }

    private boolean hasRemains() {
        return Files.exists(lock) || Files.exists(partial) || Files.exists(aside);
    }

    private void tidy(ProcessLock held) throws IOException {
        try (held) {
            clean();
        }
    }

    /** Leaves a package at the place, if there was one, and nothing beside it; for who holds the lock. */
    public void clean() throws IOException {
        if (Files.exists(aside) && !Files.exists(target)) {
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
        }
        delete(partial);
        delete(aside);
    }

    /** Puts the package that is whole in its place; for who holds the lock. */
    public void publish() throws IOException {
        Disk.syncNames(partial);
        if (Files.exists(target)) {
            Files.move(target, aside, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        Disk.syncNames(target.resolveSibling("."));
        delete(aside);
    }

    /** Removes a folder with all that is in it, if it is there. */
    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
