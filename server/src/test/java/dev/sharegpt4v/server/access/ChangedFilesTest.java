package dev.sharegpt4v.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChangedFilesTest {

    @TempDir
    private Path folder;

    private final AtomicReference<List<ApiKey>> read = new AtomicReference<>(List.of());
    private final ChangedFiles files = new ChangedFiles();
    private Path file;

    @BeforeEach
    void watch() throws IOException {
        file = Files.writeString(folder.resolve("keys"), "sk-first-1\n");
        files.watch(List.of(file), () -> read.set(KeyFile.read(file)));
    }

    @AfterEach
    void close() {
        files.close();
    }

    @Test
    void aFileIsReadAnewWhenItHasChangedAndNotBefore() throws IOException {
        files.check();
        assertThat(read.get()).isEmpty();
        Files.writeString(file, "sk-first-1\nsk-second-1\n");
        files.check();
        assertThat(read.get()).hasSize(2);
    }

    @Test
    void aBadFileChangesNothingAndAGoodOneLaterDoes() throws IOException {
        Files.writeString(file, "sk-first-1\nsk-second-1\n");
        files.check();
        Files.writeString(file, "x\n");
        files.check();
        Files.delete(file);
        files.check();
        assertThat(read.get()).hasSize(2);
        Files.writeString(file, "sk-third-12\n");
        files.check();
        assertThat(read.get()).hasSize(1);
    }

    @Test
    void aLinkThatIsSwappedIsAChange() throws IOException {
        Path other = Files.writeString(folder.resolve("other"), "sk-other-1\n");
        Path next = Files.createSymbolicLink(folder.resolve("next"), other);
        Files.move(next, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        files.check();
        assertThat(read.get()).hasSize(1);
    }
}
