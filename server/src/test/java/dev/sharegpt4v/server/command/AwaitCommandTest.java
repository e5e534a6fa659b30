package dev.sharegpt4v.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.testing.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AwaitCommandTest {

    @TempDir
    private Path folder;

    @Test
    void aPackageThatIsThereIsNotWaitedFor() throws IOException {
        Files.createFile(folder.resolve("model.json"));
        Shell shell = Shell.run("await", folder.toString());
        assertThat(shell.code()).isZero();
        assertThat(shell.err()).isEmpty();
    }

    @Test
    void aPackageThatDoesNotComeInTimeIsOne() {
        Shell shell = Shell.run("await", folder.resolve("package").toString(), "--seconds", "0");
        assertThat(shell.code()).isOne();
        assertThat(shell.err()).contains("did not come in 0 s");
    }

    @Test
    void aPackageThatComesEndsTheWaiting() throws InterruptedException {
        Path later = folder.resolve("later");
        Thread writer = Thread.ofVirtual().start(() -> write(later));
        assertThat(Shell.run("await", later.toString(), "--seconds", "600").code())
                .isZero();
        writer.join();
    }

    private static void write(Path place) {
        try {
            Files.createFile(Files.createDirectory(place).resolve("model.json"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aTimeThatIsNoneIsWrongUsage() {
        assertThat(Shell.run("await", folder.toString(), "--seconds", "-1").code())
                .isEqualTo(2);
    }
}
