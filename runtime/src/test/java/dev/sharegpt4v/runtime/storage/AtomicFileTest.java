package dev.sharegpt4v.runtime.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.testing.CrashingFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtomicFileTest {

    @TempDir
    private Path folder;

    @Test
    void whereverAWriterIsKilledTheFileIsOldOrNewAndTheNextWriterLeavesNothingElse() throws IOException {
        int steps = 0;
        List<String> seen = new ArrayList<>();
        for (boolean completed = false; !completed; steps++) {
            Files.writeString(target(), "old");
            CrashingFiles files = new CrashingFiles(steps);
            completed = survives(files);
            String content = Files.readString(target());
            assertThat(content).isIn("old", "new and longer");
            seen.add(content);
            AtomicFile.write(target(), bytes("next"));
            assertThat(target()).hasContent("next");
            assertThat(names()).containsExactly("file");
        }
        assertThat(steps).isGreaterThan(8);
        assertThat(seen.getFirst()).isEqualTo("old");
        assertThat(seen.getLast()).isEqualTo("new and longer");
    }

    @Test
    void theLeavingsOfADeadWriterCanBeRemovedWithoutWriting() throws IOException {
        int steps = 0;
        for (boolean completed = false; !completed; steps++) {
            Files.writeString(target(), "old");
            completed = survives(new CrashingFiles(steps));
            AtomicFile.tidy(target());
            assertThat(names()).containsExactly("file");
        }
    }

    @Test
    void theLeavingsOfALivingWriterStay() throws IOException {
        try (AtomicFile _ = AtomicFile.start(target())) {
            Files.writeString(folder.resolve(".file.partial"), "half");
            AtomicFile.tidy(target());
            assertThat(names()).containsExactly(".file.lock", ".file.partial");
        }
        assertThat(names()).isEmpty();
    }

    private boolean survives(CrashingFiles files) throws IOException {
        try {
            AtomicFile.write(files.path(target()), bytes("new and longer"));
            return true;
        } catch (CrashingFiles.Killed e) {
            return false;
        }
    }

    private Path target() {
        return folder.resolve("file");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
