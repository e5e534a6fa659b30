package dev.sharegpt4v.runtime.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What must outlive a failure of power. */
public final class Disk {

    private Disk() {}

    /** Brings what was written to a file to the disk. */
    public static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** Brings the names in a folder to the disk, where the system lets folders be opened. */
    public static void syncNames(Path folder) throws IOException {
        if (System.getProperty("os.name").startsWith("Windows") || !Files.isReadable(folder)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
