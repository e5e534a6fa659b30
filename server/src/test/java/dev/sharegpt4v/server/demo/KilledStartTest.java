package dev.sharegpt4v.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.models.catalog.ManifestJson;
import dev.sharegpt4v.models.catalog.PackageFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed while it converts, unpacks, loads and serves, and started again; in processes of their own. */
final class KilledStartTest {

    private static final Path DEMO = Path.of(System.getProperty("sharegpt4v.repository"), "models", "demo");

    @TempDir
    private static Path folder;

    @BeforeAll
    static void copyTheDemo() throws IOException {
        for (String name : List.of("sharegpt4v-demo", "sharegpt4v-demo-vision-tower")) {
            Path target = Files.createDirectories(
                    home().resolve("models").resolve("demo").resolve(name));
            try (Stream<Path> files = Files.list(DEMO.resolve(name))) {
                for (Path file : files.toList()) {
                    Files.copy(file, target.resolve(Objects.requireNonNull(file.getFileName())));
                }
            }
        }
    }

    @Test
    void theStartAfterAKillIsCleanAndTwoAtOnceDoNotHurtEachOther() throws IOException {
        killWhen(() -> Files.exists(packages().resolve(".sharegpt4v-demo.lock")));
        killWhen(() -> size(packages().resolve(".sharegpt4v-demo.partial/decoder.onnx.data")) > 0);
        killWhen(() -> Files.exists(packages().resolve("sharegpt4v-demo")));
        // Unpacking is over in a moment, which a test that watches from outside may miss.
        killWhen(() -> names(cache(), "libonnxruntime").findAny().isPresent());

        try (Start one = serve();
                Start other = serve()) {
            assertThat(one.awaitLine("ready ")).as(() -> one.said().toString()).isTrue();
            assertThat(other.awaitLine("ready "))
                    .as(() -> other.said().toString())
                    .isTrue();
        }
        // Both were killed while they served.
        try (Start again = serve()) {
            assertThat(again.awaitLine("ready "))
                    .as(() -> again.said().toString())
                    .isTrue();
        }

        Path made = packages().resolve("sharegpt4v-demo");
        PackageFiles.checkHashes(made, ManifestJson.read(made), _ -> {});
        try (Stream<Path> beside = Files.list(packages())) {
            assertThat(beside).containsExactly(made);
        }
        assertThat(names(cache(), ".partial")).isEmpty();
        assertThat(names(cache(), ".lock")).isEmpty();
        assertThat(names(cache(), "libonnxruntime")).hasSize(1);
    }

    private static void killWhen(BooleanSupplier moment) throws IOException {
        try (Start start = serve()) {
            while (start.process().isAlive() && !moment.getAsBoolean()) {
                LockSupport.parkNanos(500_000);
            }
            assertThat(start.process().isAlive()).as("killed while it starts").isTrue();
        }
    }

    private static Start serve() throws IOException {
        return Start.of(home(), cache(), "serve", "--port", "0", "--threads", "1", "--kv-cache-mb", "64");
    }

    private static Path home() {
        return folder.resolve("home");
    }

    private static Path cache() {
        return folder.resolve("cache");
    }

    private static Path packages() {
        return home().resolve("models/demo/.package");
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    /** Files below a folder whose names contain this. */
    private static Stream<String> names(Path folder, String part) {
        if (!Files.exists(folder)) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.contains(part))
                    .toList()
                    .stream();
        } catch (IOException | UncheckedIOException e) {
            return Stream.empty();
        }
    }
}
