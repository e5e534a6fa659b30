package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.catalog.PackagePlace;
import dev.sharegpt4v.runtime.storage.ProcessLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A package while it is written: a folder beside the target that takes the target's name when it is complete. */
final class PackageFolder implements AutoCloseable {

    private final PackagePlace place;
    private final ProcessLock lock;

    private PackageFolder(PackagePlace place, ProcessLock lock) {
        this.place = place;
        this.lock = lock;
    }

    /**
     * Starts a package.
     *
     * @throws ConversionException when the target is taken, or someone else is writing it
     */
    static PackageFolder start(Path out, boolean replace) throws IOException {
        Path parent = out.toAbsolutePath().normalize().getParent();
        if (parent == null) {
            throw new ConversionException(ConversionException.Kind.TARGET_EXISTS, out + " cannot be a package");
        }
        Files.createDirectories(parent);
        PackagePlace place = PackagePlace.of(out);
        ProcessLock lock = ProcessLock.tryHold(place.lock())
                .orElseThrow(() -> new ConversionException(
                        ConversionException.Kind.BUSY, "another conversion is writing " + place.target() + " now"));
        try {
            place.clean();
            requireFree(place.target(), replace);
            Files.createDirectory(place.partial());
            return new PackageFolder(place, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Where the files go until the package is complete. */
    Path path() {
        return place.partial();
    }

    /** Puts the complete package in its place. */
    void publish() throws IOException {
        place.publish();
    }

    /** Removes what was not published. */
    @Override
    public void close() throws IOException {
        try (lock) {
            place.clean();
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
}
