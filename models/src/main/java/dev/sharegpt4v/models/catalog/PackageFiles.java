package dev.sharegpt4v.models.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/** Checks the files of a package against its manifest. */
public final class PackageFiles {

    private static final int CHUNK_BYTES = 1 << 20;

    private PackageFiles() {}

    /**
     * Checks that every listed file is there in its size; quick enough for every start.
     *
     * @throws PackageException that names the first file that is missing or has another size
     */
    public static void checkSizes(Path packageFolder, PackageManifest manifest) {
        for (PackageFile file : manifest.files()) {
            Path path = locate(packageFolder, file);
            try {
                long bytes = Files.size(path);
                if (bytes != file.bytes()) {
                    throw damaged(path, "has %d bytes instead of %d".formatted(bytes, file.bytes()));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + path, e);
            }
        }
    }

    /**
     * Checks the content of every listed file; reads the whole package.
     *
     * @param read hears the size of each part that was read
     * @throws PackageException that names the first file with other content
     */
    public static void checkHashes(Path packageFolder, PackageManifest manifest, LongConsumer read) {
        checkSizes(packageFolder, manifest);
        for (PackageFile file : manifest.files()) {
            Path path = locate(packageFolder, file);
            try {
                if (!sha256(path, read).equals(file.sha256())) {
                    throw damaged(path, "has other content than when it was written");
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + path, e);
            }
        }
    }

    private static Path locate(Path packageFolder, PackageFile file) {
        Path name = Path.of(file.name());
        if (name.isAbsolute() || name.getNameCount() != 1 || file.name().startsWith("..")) {
            throw new PackageException(
                    PackageException.Kind.MALFORMED_MANIFEST,
                    packageFolder + ": the manifest lists " + file.name() + ", which is outside of the package");
        }
        Path path = packageFolder.resolve(name);
        if (!Files.isRegularFile(path)) {
            throw new PackageException(PackageException.Kind.MISSING_FILE, path + ": is missing from the package");
        }
        return path;
    }

    private static String sha256(Path path, LongConsumer read) throws IOException {
        MessageDigest digest = newDigest();
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream in = Files.newInputStream(path)) {
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                digest.update(chunk, 0, count);
                read.accept(count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256. This is a bug.", e);
        }
    }

    private static PackageException damaged(Path path, String reason) {
        return new PackageException(PackageException.Kind.DAMAGED_FILE, path + ": is damaged: it " + reason);
    }
}
