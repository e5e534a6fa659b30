package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.catalog.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256. This is a bug.", e);
        }
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
        return new PackageFile(
                String.valueOf(path.getFileName()), channel.size(), HexFormat.of().formatHex(digest.digest()));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
