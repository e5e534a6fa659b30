package dev.sharegpt4v.models.checkpoint;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Looks for the vision tower that a checkpoint's configuration names, where a download would have put it. */
final class TowerFolder {

    private TowerFolder() {}

    /**
     * The tower's folder.
     *
     * @param folder of the checkpoint: the name is looked for in it as a path, and its last segment in it and beside it
     * @param name a repository such as {@code openai/clip-vit-large-patch14-336}, or a path
     */
    static Optional<Path> find(Path folder, String name) {
        Path here = folder.toAbsolutePath().normalize();
        try {
            Path path = Path.of(name.replace('\\', '/')).normalize();
            Path last = path.getFileName();
            if (last == null || last.toString().isEmpty() || last.toString().equals("..")) {
                return Optional.empty();
            }
            Path relative = path.isAbsolute() ? last : path;
            return Stream.of(here.resolve(relative), here.resolve(last), here.resolveSibling(last))
                    .map(Path::normalize)
                    .filter(place -> !place.equals(here) && place.startsWith(parent(here)))
                    .filter(place -> Files.isRegularFile(place.resolve("config.json")))
                    .findFirst();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Path parent(Path folder) {
        Path parent = folder.getParent();
        return parent == null ? folder : parent;
    }
}
