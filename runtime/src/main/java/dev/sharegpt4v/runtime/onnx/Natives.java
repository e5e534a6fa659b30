package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.storage.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Libraries beside each other in one folder, each written once: ONNX Runtime looks for its providers beside itself. */
final class Natives {

    private Natives() {}

    /**
     * Writes those that are not there in their size. A killed process leaves nothing half done, and processes that start at
     * one time wait for each other.
     *
     * @return the folder
     */
    static Path unpack(Path folder, List<PackedLibrary> libraries) throws IOException {
        Files.createDirectories(folder);
        for (PackedLibrary library : libraries) {
            Path target = folder.resolve(library.name());
            if (isWhole(target, library)) {
                AtomicFile.tidy(target);
            } else {
                write(target, library);
            }
        }
        return folder;
    }

    private static void write(Path target, PackedLibrary library) throws IOException {
        try (AtomicFile file = AtomicFile.start(target)) {
            // Another process may have written it meanwhile.
            if (isWhole(target, library)) {
                return;
            }
            try (InputStream content = library.content().open()) {
                file.write(content);
            }
        }
        if (!isWhole(target, library)) {
            throw new IOException(library.name() + " has " + Files.size(target) + " bytes and not " + library.bytes());
        }
    }

    private static boolean isWhole(Path target, PackedLibrary library) throws IOException {
        return Files.isRegularFile(target) && Files.size(target) == library.bytes();
    }
}
