package dev.sharegpt4v.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sharegpt4v.server.http.AdmissionLimits;
import dev.sharegpt4v.server.http.HttpLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReloadedLimitsTest {

    @TempDir
    private Path folder;

    private final List<String> told = new ArrayList<>();
    private final Logger log = Logger.getLogger(ReloadedLimits.class.getName());
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            told.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        log.addHandler(handler);
    }

    @AfterEach
    void end() {
        log.removeHandler(handler);
    }

    private String write(String text) throws IOException {
        return Files.writeString(folder.resolve("server.properties"), text).toString();
    }

    private static ReloadedLimits reloaded(Map<String, String> environment, String... args) {
        return new ReloadedLimits(SettingsTest.parse(environment, args), args, environment);
    }

    @Test
    void everyLimitThatCanChangeDoes() throws IOException {
        ReloadedLimits limits = reloaded(Map.of(), "--config", write("max-images=3\n"));
        assertThat(limits.file()).contains(folder.resolve("server.properties"));
        write("""
                max-images=4
                max-image-pixels=5000
                max-concurrent=6
                max-admitted-tokens=7
                max-admitted-pixels=8
                ping-seconds=9
                queue-timeout=10
                request-timeout=11
                """);
        HttpLimits now = limits.read();
        assertThat(now.maxImages()).isEqualTo(4);
        assertThat(now.image().maxPixels()).isEqualTo(5000);
        assertThat(now.maxConcurrent()).isEqualTo(6);
        assertThat(now.admission()).isEqualTo(new AdmissionLimits(7, 8));
        assertThat(now.pingInterval()).isEqualTo(Duration.ofSeconds(9));
        assertThat(now.deadlines().queue()).contains(Duration.ofSeconds(10));
        assertThat(now.deadlines().total()).contains(Duration.ofSeconds(11));
        assertThat(told)
                .singleElement()
                .asString()
                .contains("max-images 3 to 4", "max-concurrent 512 to 6", "request-timeout 0 to 11");

        write("max-images=4\n");
        assertThat(limits.read().maxConcurrent()).isEqualTo(HttpLimits.DEFAULT.maxConcurrent());
    }

    @Test
    void whatTheCommandLineAndTheEnvironmentSayStays() throws IOException {
        Map<String, String> environment = Map.of("SHAREGPT4V_MAX_IMAGES", "2", "SHAREGPT4V_CONFIG", write(""));
        ReloadedLimits limits = reloaded(environment, "--max-concurrent", "3");
        write("max-images=9\nmax-concurrent=9\n");
        assertThat(limits.read().maxImages()).isEqualTo(2);
        assertThat(limits.read().maxConcurrent()).isEqualTo(3);
        assertThat(told).isEmpty();
    }

    @Test
    void whatNeedsARestartIsNamedWithoutItsValue() throws IOException {
        ReloadedLimits limits = reloaded(Map.of(), "--config=" + write("port=1\n"));
        write("port=2\napi-key=sk-of-somebody\nmax-body-mb=5\nmax-images=4\n");
        assertThat(limits.read().maxImages()).isEqualTo(4);
        assertThat(told)
                .contains("changed in the configuration, and of effect after a restart: [api-key, max-body-mb, port]")
                .noneMatch(line -> line.contains("sk-of-somebody"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "max-concurrent=0",
                "max-concurrent=many",
                "max-concurent=7",
                "max-images=-1",
                "queue-timeout=-1",
                "port=none",
                "max-images=\\u00zz",
            })
    void aFileThatSaysWhatCannotBeChangesNothing(String text) throws IOException {
        ReloadedLimits limits = reloaded(Map.of(), "--config", write("max-images=3\n"));
        write("max-images=4\n" + text + "\n");
        assertThatIllegalArgumentException().isThrownBy(limits::read);
        assertThat(told).isEmpty();
        write("max-images=4\n");
        assertThat(limits.read().maxImages()).isEqualTo(4);
        assertThat(told).containsExactly("limits changed: max-images 3 to 4");
    }

    @Test
    void aFileThatIsGoneChangesNothing() throws IOException {
        ReloadedLimits limits = reloaded(Map.of(), "--config", write("max-images=3\n"));
        Files.delete(folder.resolve("server.properties"));
        assertThatIllegalArgumentException().isThrownBy(limits::read).withMessageContaining("server.properties");
    }

    @Test
    void withoutAFileThereIsNothingToLookAt() {
        assertThat(reloaded(Map.of(), "--port", "1").file()).isEmpty();
    }
}
