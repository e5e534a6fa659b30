package dev.sharegpt4v.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.engine.EngineOptions;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.server.http.HttpLimits;
import dev.sharegpt4v.server.http.Protection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class StartLinesTest {

    private static ServerConfig config() {
        return new ServerConfig(
                Path.of("/models/a"),
                Optional.of("a"),
                "127.0.0.1",
                0,
                DeviceChoice.CPU,
                3,
                2,
                4,
                new KvBudget(64, KvFormat.FP16, new KvBudget.Automatic()),
                true,
                new EngineOptions(32, 256, 128, 0, 0, true, 5 << 20, 7 << 20),
                HttpLimits.DEFAULT,
                Duration.ofSeconds(30));
    }

    @Test
    void aServerSaysWhatItWillDoAndHowThatIsChanged() {
        assertThat(StartLines.of(config(), List.of("a"), 8))
                .containsExactly(
                        "models: a; loaded now",
                        "threads: 3 a step, 2 for pictures, 2 pictures decoded at one time, on 8 processors (--threads,"
                                + " --encoder-threads, --image-threads)",
                        "engine: 32 requests share a step of 128 tokens, 256 wait (--max-running, --max-step-tokens,"
                                + " --max-queued); picture features 5 MB, prepared pictures 7 MB, prompts kept"
                                + " (--encoder-cache-mb, --prepared-images-mb, --prefix-cache)",
                        "limits: 512 requests under way with 1048576 tokens and 1000000000 pixels, bodies of 64 MB, 20 pictures"
                                + " of 50000000 pixels in one, any time in the queue, any time in all (docs/settings.md)",
                        "access: plain http (--tls-certificate), for all who reach it (--api-key-file); metrics for all; images"
                                + " by URL from nowhere (--allow-image-hosts), files from nowhere (--image-folder)",
                        "files and batches: none (--data-dir)");
    }

    @Test
    void whatIsSwitchedOnIsSaidWithoutSecrets() {
        ServerConfig config = config().with(new ModelRules(true, true, Duration.ofMinutes(90), true))
                .with(Optional.of(new DataConfig(Path.of("/data"), 3 << 20, OptionalInt.empty())))
                .with(new SecurityConfig(
                        Optional.empty(),
                        Optional.of(Path.of("/pictures")),
                        List.of("sk-secret"),
                        Optional.of(Path.of("/keys")),
                        false,
                        Optional.of(new Pkcs12File(Path.of("/a.p12"), "password")),
                        List.of(),
                        false,
                        Protection.PATIENCE,
                        Protection.CONNECTIONS,
                        true));
        List<String> lines = StartLines.of(config, List.of("a", "b"), 8);
        assertThat(lines)
                .contains(
                        "models: a, b; loaded when they are asked for, unloaded after 1h30m without a request, loaded and"
                                + " unloaded by requests",
                        "access: https, for those who have a key of /keys; metrics with a key; images by URL from nowhere"
                                + " (--allow-image-hosts), files from /pictures",
                        "files and batches: in /data, 3 MB of uploads at most, 8 lines at one time")
                .anyMatch(line -> line.startsWith("engine: ") && line.endsWith(", for each model"))
                .noneMatch(line -> line.contains("secret") || line.contains("password"));
    }
}
