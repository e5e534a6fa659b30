package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.catalog.PackageManifest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A package while it is written: a folder beside the target that takes the target's name when it is complete.
 *
 * <p>A lock, which the system drops with the process, tells a conversion that is still at work from the leavings of one
 * that was killed.
 */
final class PackageFolder implements AutoCloseable {

    private final Path target;
    private final Path lockFile;
    private final Path partial;
    private final FileChannel lockChannel;

    private PackageFolder(Path target, Path lockFile, Path partial, FileChannel lockChannel) {
        this.target = target;
        this.lockFile = lockFile;
        this.partial = partial;
        this.lockChannel = lockChannel;
    }

    /**
     * Starts a package.
     *
     * @throws ConversionException when the target is taken, or someone else is writing it
     */
    static PackageFolder start(Path out, boolean replace) throws IOException {
        Path target = out.toAbsolutePath().normalize();
        Path parent = target.getParent();
        if (parent == null) {
            throw new ConversionException(ConversionException.Kind.TARGET_EXISTS, target + " cannot be a package");
        }
        requireFree(target, replace);
        Files.createDirectories(parent);
        Path lockFile = parent.resolve("." + target.getFileName() + ".lock");
        FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (tryLock(channel) == null) {
                throw new ConversionException(
                        ConversionException.Kind.BUSY, "another conversion is writing " + target + " now");
            }
            Path partial = parent.resolve("." + target.getFileName() + ".partial");
            delete(partial);
            Files.createDirectory(partial);
            return new PackageFolder(target, lockFile, partial, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Where the files go until the package is complete. */
    Path path() {
        return partial;
    }

    /** Puts the complete package in its place. */
    void publish() throws IOException {
        Path replaced = target.resolveSibling("." + target.getFileName() + ".replaced");
        delete(replaced);
        if (Files.exists(target)) {
            Files.move(target, replaced, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        delete(replaced);
    }

    /** Removes what was not published. */
    @Override
    public void close() throws IOException {
        try {
            delete(partial);
            Files.deleteIfExists(lockFile);
        } finally {
            lockChannel.close();
        }
    }

    private static void requireFree(Path target, boolean replace) throws IOException {
        if (!Files.exists(target) || isEmptyFolder(target)) {
            return;
        }
        boolean isPackage = Files.isRegularFile(target.resolve(PackageManifest.FILE_NAME));
        if (!replace || !isPackage) {
            throw new ConversionException(
                    ConversionException.Kind.TARGET_EXISTS,
                    target + " exists already" + (isPackage ? "" : " and is no model package"));
        }
    }

    private static boolean isEmptyFolder(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (Stream<Path> children = Files.list(path)) {
            return children.findAny().isEmpty();
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** Removes a folder with all that is in it, if it is there. */
    static void delete(Path folder) throws IOException {
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
