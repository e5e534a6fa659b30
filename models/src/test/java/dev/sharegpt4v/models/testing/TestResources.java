package dev.sharegpt4v.models.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Folders of test resources as real folders, which memory-mapped files need, also when they come in a jar. */
public final class TestResources {

    private static final Map<String, Path> FOLDERS = new ConcurrentHashMap<>();

    private TestResources() {}

    /** A folder on the class path, such as {@code /parity}. */
    public static Path folder(String resource) {
        return FOLDERS.computeIfAbsent(resource, TestResources::find);
    }

    private static Path find(String resource) {
        URL url = TestResources.class.getResource(resource);
        if (url == null) {
            throw new IllegalArgumentException("no test resource " + resource);
        }
        try {
            URI uri = url.toURI();
            return uri.getScheme().equals("file") ? Path.of(uri) : extract(uri, resource);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(resource, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path extract(URI uri, String resource) throws IOException {
        Path target = Files.createTempDirectory("test-resources");
        try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of());
                Stream<Path> tree = Files.walk(jar.getPath(resource))) {
            Path root = jar.getPath(resource);
            for (Path path : tree.toList()) {
                Path copy = target.resolve(root.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(path, copy);
                }
            }
        }
        return target;
    }
}
