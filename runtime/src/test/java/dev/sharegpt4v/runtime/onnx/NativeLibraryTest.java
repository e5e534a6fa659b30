package dev.sharegpt4v.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.testing.CrashingFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NativeLibraryTest {

    private static final byte[] LIBRARY = "no real library, but bytes of one".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    @Test
    void whereverUnpackingIsKilledTheNextStartFindsAWholeLibraryAndNothingElse() throws IOException {
        boolean completed = false;
        for (int steps = 0; !completed; steps++) {
            Path cache = folder.resolve("cache" + steps);
            try {
                NativeLibrary.unpack(new CrashingFiles(steps).path(cache), LIBRARY);
                completed = true;
            } catch (CrashingFiles.Killed e) {
                assertThat(e).hasMessageStartingWith("killed at");
            }
            Path library = NativeLibrary.unpack(cache, LIBRARY);
            assertThat(library).hasBinaryContent(LIBRARY);
            requireAlone(library);
        }
    }

    @Test
    void aFileThatWasCutOffIsReplaced() throws IOException {
        Path library = NativeLibrary.unpack(folder, LIBRARY);
        Files.write(library, new byte[] {1, 2, 3});
        assertThat(NativeLibrary.unpack(folder, LIBRARY)).hasBinaryContent(LIBRARY);
        requireAlone(library);
    }

    private static void requireAlone(Path library) throws IOException {
        try (Stream<Path> files = Files.list(library.getParent())) {
            assertThat(files).containsExactly(library);
        }
    }
}
