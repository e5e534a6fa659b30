package dev.sharegpt4v.server.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The files that arguments name: themselves, and the pictures below a folder. */
final class PictureFiles {

    private static final Set<String> ENDINGS =
            Set.of("jpg", "jpeg", "jpe", "jfif", "png", "apng", "webp", "gif", "bmp");

    private PictureFiles() {}

    /**
     * In the order of the arguments; those of a folder in the order of their names, so that all shards see one order.
     *
     * @throws UncheckedIOException when a folder cannot be listed
     */
    static List<Path> of(List<Path> named) {
        List<Path> files = new ArrayList<>();
        for (Path path : named) {
            if (Files.isDirectory(path)) {
                files.addAll(below(path));
            } else {
                files.add(path);
            }
        }
        return files;
    }

    private static List<Path> below(Path folder) {
        try (Stream<Path> found = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return found.filter(PictureFiles::isPicture)
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder, e);
        }
    }

    private static boolean isPicture(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 && ENDINGS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
    }
}
