package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.catalog.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/** A new file that is hashed while it is written, and that is on the disk when it is finished. */
final class HashingFile implements AutoCloseable {

    private final Path path;
    private final FileChannel channel;
    private final MessageDigest digest;
    private final LongConsumer written;

    /** Creates the file; {@code written} hears the size of each part that was written. */
    HashingFile(Path path, LongConsumer written) throws IOException {
        this.path = path;
        this.channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        this.written = written;
        this.digest = newDigest();
    }

    /** Describes a file that something else wrote, and brings it to the disk. */
    static PackageFile describe(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        byte[] content = Files.readAllBytes(path);
        return new PackageFile(fileName(path), content.length, hex(newDigest().digest(content)));
    }

    /** Appends the rest of a buffer. */
    void write(ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        digest.update(bytes.duplicate());
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        written.accept(count);
    }

    /** Brings the file to the disk; nothing can be written any more. */
    PackageFile finish() throws IOException {
        channel.force(true);
        return new PackageFile(fileName(path), channel.size(), hex(digest.digest()));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static String fileName(Path path) {
        return path.getName(path.getNameCount() - 1).toString();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256. This is a bug.", e);
        }
    }
}
