package dev.sharegpt4v.server.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What gpu/verify does before it measures: it needs no program for that. */
@EnabledOnOs(OS.LINUX)
final class VerifyScriptTest {

    private static final Path SCRIPT = Path.of(System.getProperty("sharegpt4v.repository", ".."), "gpu", "verify");

    @TempDir
    private Path folder;

    @BeforeEach
    void pieces() throws Exception {
        Files.createDirectories(folder.resolve("stage/app"));
        Files.writeString(folder.resolve("stage/app/one"), "of many lines\n".repeat(5000));
        Files.createDirectories(folder.resolve("pieces"));
        assertThat(run("tar cz -C stage app | split --bytes=100 --numeric-suffixes --suffix-length=2 - pieces/piece."
                        + " && cd pieces && sha256sum piece.* > SHA256SUMS"))
                .isZero();
        assertThat(folder.resolve("pieces/piece.01")).exists();
    }

    private int run(String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bash", "-euo", "pipefail", "-c", command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private String said() throws IOException {
        return Files.readString(folder.resolve("said"), StandardCharsets.UTF_8);
    }

    private int join() throws IOException, InterruptedException {
        return run("bash " + SCRIPT.toAbsolutePath() + " --join --pieces pieces --work work");
    }

    @Test
    void piecesAreJoinedOnce() throws Exception {
        assertThat(join()).as(said()).isZero();
        assertThat(said()).contains("joined and checked");
        assertThat(folder.resolve("work/app/one")).hasSameTextualContentAs(folder.resolve("stage/app/one"));
        Files.delete(folder.resolve("work/app/one"));
        assertThat(join()).isZero();
        assertThat(folder.resolve("work/app/one")).doesNotExist();
    }

    @Test
    void newPiecesReplaceWhatOldOnesGave() throws Exception {
        assertThat(join()).isZero();
        Files.writeString(folder.resolve("work/app/left"), "over");
        Files.writeString(folder.resolve("stage/app/one"), "another line\n".repeat(6000));
        assertThat(run("rm pieces/*; tar cz -C stage app | split --bytes=100 -d -a 2 - pieces/piece."
                        + " && cd pieces && sha256sum piece.* > SHA256SUMS"))
                .isZero();
        assertThat(join()).as(said()).isZero();
        assertThat(folder.resolve("work/app/one")).hasSameTextualContentAs(folder.resolve("stage/app/one"));
        assertThat(folder.resolve("work/app/left")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"printf x | dd of=pieces/piece.01 conv=notrunc bs=1 seek=20", "rm pieces/piece.01"})
    void aDamagedOrMissingPieceIsTold(String damage) throws Exception {
        assertThat(run(damage)).isZero();
        assertThat(join()).isNotZero();
        assertThat(said()).contains("piece.01");
        assertThat(folder.resolve("work/app")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--unknown", "--only sing", "--pieces"})
    void wrongUsageIsTold(String arguments) throws Exception {
        assertThat(run("bash " + SCRIPT.toAbsolutePath() + " " + arguments)).isNotZero();
        assertThat(said()).isNotBlank();
    }

    @Test
    void whereThereAreNoPiecesThatIsTold() throws Exception {
        assertThat(run("bash " + SCRIPT.toAbsolutePath() + " --work work --pieces stage"))
                .isEqualTo(2);
        assertThat(said()).contains("--pieces");
    }
}
