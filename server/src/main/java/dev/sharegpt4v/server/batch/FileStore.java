package dev.sharegpt4v.server.batch;

import dev.sharegpt4v.runtime.storage.AtomicFile;
import dev.sharegpt4v.runtime.storage.Disk;
import dev.sharegpt4v.server.openai.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The files of a data folder: {@code ID.data} is the content, {@code ID.json} the description, which is written last and
 * removed first, so a file is there when its description is. Thread-safe.
 */
public final class FileStore {

    private static final System.Logger LOG = System.getLogger(FileStore.class.getName());
    private static final int BUFFER = 64 << 10;

    private final Path folder;
    private final Path arriving;
    private final DataLimits limits;
    private final Clock clock;
    private final TreeMap<Long, FileRecord> files = new TreeMap<>();
    private final Map<String, FileRecord> byId = new HashMap<>();
    private final Map<String, Integer> uses = new HashMap<>();
    private long bytes;
    private long arrivingBytes;
    private long nextNumber;

    private FileStore(Path folder, DataLimits limits, Clock clock) {
        this.folder = folder;
        this.arriving = folder.resolve("arriving");
        this.limits = limits;
        this.clock = clock;
    }

    /** Opens a folder that nobody else uses, and removes what a dead server left half done. */
    static FileStore open(Path folder, DataLimits limits, Clock clock) throws IOException {
        FileStore store = new FileStore(folder, limits, clock);
        Files.createDirectories(store.arriving);
        for (Path left : list(store.arriving)) {
            Files.deleteIfExists(left);
        }
        for (Path file : list(folder)) {
            String name = String.valueOf(file.getFileName());
            if (name.startsWith(".")) {
                Files.deleteIfExists(file);
            } else if (name.endsWith(".json")) {
                store.load(file);
            } else if (name.endsWith(".data") && !Files.exists(sibling(file, name, ".json"))) {
                Files.deleteIfExists(file);
            }
        }
        return store;
    }

    private static Path sibling(Path file, String name, String ending) {
        return file.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ending);
    }

    private static List<Path> list(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.toList();
        }
    }

    private void load(Path description) throws IOException {
        try {
            FileRecord file = FileRecord.of(Files.readAllBytes(description));
            if (Files.size(data(file.id())) != file.bytes()) {
                throw new IOException("its content has another size");
            }
            nextNumber = Math.max(nextNumber, file.number() + 1);
            add(file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, description + " cannot be read and is left alone", e);
        }
    }

    /** Bytes of all files. */
    public synchronized long bytes() {
        return bytes;
    }

    /** Files that are kept. */
    public synchronized int count() {
        return files.size();
    }

    /** All files that somebody sees, in the order in which they came. */
    public synchronized List<FileRecord> list(Owner caller) {
        expire();
        return files.values().stream().filter(file -> caller.sees(file.owner())).toList();
    }

    /**
     * A file.
     *
     * @throws ApiException 404 when there is none that the caller sees
     */
    public synchronized FileRecord find(String id, Owner caller) {
        expire();
        FileRecord file = byId.get(id);
        if (file == null || !caller.sees(file.owner())) {
            throw ApiException.exchange(404, "not_found", "No such File object: " + id);
        }
        return file;
    }

    /** Its content, for as long as the channel is open, also when the file is removed meanwhile. */
    public FileChannel content(FileRecord file) {
        try {
            return FileChannel.open(data(file.id()), StandardOpenOption.READ);
        } catch (IOException e) {
            throw StoreErrors.of(e);
        }
    }

    /**
     * Removes a file.
     *
     * @throws ApiException 404 when there is none that the caller sees, 400 when a batch still reads it
     */
    public synchronized void delete(String id, Owner caller) {
        FileRecord file = find(id, caller);
        if (uses.containsKey(id)) {
            throw ApiException.badRequest("file_in_use", "file_id", "A batch that has not ended reads this file.");
        }
        remove(file);
    }

    /**
     * Keeps a file from being removed until it is let go as often as it was held.
     *
     * @throws ApiException 404 when there is none
     */
    synchronized FileRecord hold(String id) {
        FileRecord file = find(id, Owner.NOBODY);
        uses.merge(id, 1, Integer::sum);
        return file;
    }

    synchronized void letGo(String id) {
        uses.computeIfPresent(id, (_, count) -> count == 1 ? null : count - 1);
    }

    private void expire() {
        long now = clock.instant().getEpochSecond();
        List<FileRecord> over = files.values().stream()
                .filter(file -> file.isExpired(now) && !uses.containsKey(file.id()))
                .toList();
        over.forEach(this::remove);
    }

    private void remove(FileRecord file) {
        try {
            Files.deleteIfExists(description(file.id()));
            files.remove(file.number());
            byId.remove(file.id());
            bytes -= file.bytes();
            Files.deleteIfExists(data(file.id()));
        } catch (IOException e) {
            throw StoreErrors.of(e);
        }
    }

    /** Room for somebody's file that is on its way; closed, it is forgotten unless it was kept. */
    public Arrival arrive(Owner owner) {
        synchronized (this) {
            expire();
            if (files.size() >= limits.maxFiles()) {
                throw StoreErrors.full("This server keeps as many files as it may; delete some.");
            }
        }
        return new Arrival(Ids.fresh(FileRecord.PREFIX), owner);
    }

    /** A file that is written piece by piece, never whole in memory. */
    public final class Arrival implements AutoCloseable {

        private final String id;
        private final Owner owner;
        private final Path path;
        private long received;

        private Arrival(String id, Owner owner) {
            this.id = id;
            this.owner = owner;
            this.path = arriving.resolve(id);
        }

        /**
         * Takes all that a stream gives.
         *
         * @throws IOException when the stream fails
         * @throws ApiException when the disk does, or there is no room
         */
        public void receive(InputStream content) throws IOException {
            byte[] buffer = new byte[BUFFER];
            try (OutputStream output = open()) {
                for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                    reserve(count);
                    write(output, buffer, count);
                }
            }
            sync();
        }

        private OutputStream open() {
            try {
                return Files.newOutputStream(path);
            } catch (IOException e) {
                throw StoreErrors.of(e);
            }
        }

        private void write(OutputStream output, byte[] buffer, int count) {
            try {
                output.write(buffer, 0, count);
            } catch (IOException e) {
                throw StoreErrors.of(e);
            }
        }

        private void sync() {
            try {
                Disk.sync(path);
            } catch (IOException e) {
                throw StoreErrors.of(e);
            }
        }

        private void reserve(int count) {
            synchronized (FileStore.this) {
                if (bytes + arrivingBytes + count > limits.maxBytes()) {
                    throw StoreErrors.full(
                            "All files together may take " + limits.maxBytes() + " bytes on this server; delete some.");
                }
                arrivingBytes += count;
                received += count;
            }
        }

        /**
         * Makes it a file.
         *
         * @param expiresAfter seconds from now; for ever when empty
         */
        public FileRecord keep(String filename, String purpose, OptionalLong expiresAfter) {
            return FileStore.this.keep(id, path, filename, purpose, expiresAfter, owner);
        }

        @Override
        public void close() {
            synchronized (FileStore.this) {
                arrivingBytes -= received;
                received = 0;
            }
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, path + " stays until the next start", e);
            }
        }
    }

    /** Writes a file of the server's own under an id that it chose; in the place of one that has this id. */
    FileRecord write(
            String id, String filename, String purpose, OptionalLong expiresAfter, Owner owner, InputStream content)
            throws IOException {
        Path path = arriving.resolve(id);
        try {
            Files.copy(content, path, StandardCopyOption.REPLACE_EXISTING);
            Disk.sync(path);
            return keep(id, path, filename, purpose, expiresAfter, owner);
        } finally {
            Files.deleteIfExists(path);
        }
    }

    private synchronized FileRecord keep(
            String id, Path arrived, String filename, String purpose, OptionalLong expiresAfter, Owner owner) {
        try {
            FileRecord before = byId.get(id);
            if (before != null) {
                remove(before);
            }
            long now = clock.instant().getEpochSecond();
            FileRecord file = new FileRecord(
                    nextNumber++,
                    id,
                    Files.size(arrived),
                    now,
                    expiresAfter.isPresent() ? OptionalLong.of(now + expiresAfter.getAsLong()) : OptionalLong.empty(),
                    filename,
                    purpose,
                    owner);
            Files.move(arrived, data(id), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            Disk.syncNames(folder);
            AtomicFile.write(description(id), file.stored());
            add(file);
            return file;
        } catch (IOException e) {
            throw StoreErrors.of(e);
        }
    }

    private void add(FileRecord file) {
        files.put(file.number(), file);
        byId.put(file.id(), file);
        bytes += file.bytes();
    }

    private Path data(String id) {
        return folder.resolve(id + ".data");
    }

    private Path description(String id) {
        return folder.resolve(id + ".json");
    }
}
