package dev.sharegpt4v.runtime.testing;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The real file system, as a process sees it that is killed at one of its writing steps: that step happens not at all or, when
 * it writes bytes, by half; no step follows, not even one of cleaning up; and the system drops its locks.
 */
public final class CrashingFiles extends FileSystemProvider {

    /** What the process dies of. */
    public static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed(String step) {
            super("killed at: " + step);
        }
    }

    private final int lastStep;
    private final List<String> steps = new ArrayList<>();
    private final List<FileChannel> open = new ArrayList<>();
    private final CrashingSystem system = new CrashingSystem(this);
    private boolean dead;

    /** Dies at the step of this index; {@link Integer#MAX_VALUE} for never. */
    public CrashingFiles(int lastStep) {
        this.lastStep = lastStep;
    }

    /** A file or folder, as the process sees it. */
    public Path path(Path real) {
        return new CrashingPath(system, real);
    }

    /** The steps so far: what is done to which file. */
    public List<String> steps() {
        return List.copyOf(steps);
    }

    public boolean isDead() {
        return dead;
    }

    /** Counts a step; true when it is the last one. */
    boolean isLast(String what, Path file) {
        requireLife();
        steps.add(what + " " + file.getFileName());
        return steps.size() - 1 == lastStep;
    }

    void step(String what, Path file) {
        if (isLast(what, file)) {
            throw die();
        }
    }

    Killed die() {
        dead = true;
        for (FileChannel channel : open) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        return new Killed(steps.getLast());
    }

    void requireLife() {
        if (dead) {
            throw new Killed(steps.getLast());
        }
    }

    static Path real(Path path) {
        return path instanceof CrashingPath crashing ? crashing.real() : path;
    }

    private static FileSystemProvider provider() {
        return FileSystems.getDefault().provider();
    }

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        requireLife();
        if (options.contains(StandardOpenOption.WRITE)) {
            step("open", path);
        }
        FileChannel channel = new CrashingChannel(this, real(path), FileChannel.open(real(path), options, attributes));
        open.add(channel);
        return channel;
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path folder, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        requireLife();
        DirectoryStream<Path> stream = provider().newDirectoryStream(real(folder), entry -> filter.accept(path(entry)));
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                Iterator<Path> entries = stream.iterator();
                return new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return entries.hasNext();
                    }

                    @Override
                    public Path next() {
                        return path(entries.next());
                    }
                };
            }

            @Override
            public void close() throws IOException {
                stream.close();
            }
        };
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
        step("create", folder);
        provider().createDirectory(real(folder), attributes);
    }

    @Override
    public void delete(Path path) throws IOException {
        step("delete", path);
        provider().delete(real(path));
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) throws IOException {
        step("copy", target);
        provider().copy(real(source), real(target), options);
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        step("move", target);
        provider().move(real(source), real(target), options);
    }

    @Override
    public boolean isSameFile(Path path, Path other) throws IOException {
        return provider().isSameFile(real(path), real(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
        return provider().isHidden(real(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        return provider().getFileStore(real(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        requireLife();
        provider().checkAccess(real(path), modes);
    }

    @Override
    public <V extends FileAttributeView> @Nullable V getFileAttributeView(
            Path path, Class<V> type, LinkOption... options) {
        return provider().getFileAttributeView(real(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        requireLife();
        return provider().readAttributes(real(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        return provider().readAttributes(real(path), attributes, options);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
        step("set", path);
        provider().setAttribute(real(path), attribute, value, options);
    }

    @Override
    public String getScheme() {
        return "crashing";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        return system;
    }

    @Override
    public Path getPath(URI uri) {
        throw new UnsupportedOperationException();
    }
}
