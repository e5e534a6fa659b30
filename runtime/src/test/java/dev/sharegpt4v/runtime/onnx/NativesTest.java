package dev.sharegpt4v.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.runtime.testing.CrashingFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NativesTest {

    private static final Map<String, String> CONTENT = new TreeMap<>(Map.of(
            "libonnxruntime.so", "no real library, but bytes of one",
            "libonnxruntime_providers_cuda.so", "another one, longer than the first: ".repeat(600),
            "libonnxruntime_providers_shared.so", "a small one"));

    private final AtomicInteger opened = new AtomicInteger();

    @TempDir
    private Path folder;

    private List<PackedLibrary> libraries() {
        return CONTENT.entrySet().stream()
                .map(entry -> library(
                        entry.getKey(), entry.getValue(), entry.getValue().length()))
                .toList();
    }

    private PackedLibrary library(String name, String content, long bytes) {
        return new PackedLibrary(name, bytes, () -> {
            opened.incrementAndGet();
            return new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
        });
    }

    @Test
    void everythingStandsInOneFolderAndIsReadOnce() throws IOException {
        assertThat(Natives.unpack(folder.resolve("natives"), libraries())).isEqualTo(folder.resolve("natives"));
        requireAll(folder.resolve("natives"));
        Natives.unpack(folder.resolve("natives"), libraries());
        assertThat(opened).hasValue(CONTENT.size());
    }

    @Test
    void whereverUnpackingIsKilledTheNextStartFindsWholeLibrariesAndNothingElse() throws IOException {
        boolean completed = false;
        for (int steps = 0; !completed; steps++) {
            Path cache = folder.resolve("cache" + steps);
            try {
                Natives.unpack(new CrashingFiles(steps).path(cache), libraries());
                completed = true;
            } catch (CrashingFiles.Killed e) {
                assertThat(e).hasMessageStartingWith("killed at");
            }
            requireWholeOrMissing(cache);
            requireAll(Natives.unpack(cache, libraries()));
        }
    }

    @Test
    void aFileThatWasCutOffIsReplacedAndTheOthersAreNotReadAgain() throws IOException {
        Natives.unpack(folder, libraries());
        Files.write(folder.resolve("libonnxruntime.so"), new byte[] {1, 2, 3});
        Natives.unpack(folder, libraries());
        requireAll(folder);
        assertThat(opened).hasValue(CONTENT.size() + 1);
    }

    @Test
    void processesThatStartTogetherFindWholeLibraries() throws Exception {
        List<Callable<Path>> starts = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            starts.add(() -> Natives.unpack(folder.resolve("together"), libraries()));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Path> start : threads.invokeAll(starts)) {
                start.get();
            }
        }
        requireAll(folder.resolve("together"));
        assertThat(opened).hasValue(CONTENT.size());
    }

    @Test
    void aJarThatGivesLessThanItPromisesIsTold() {
        List<PackedLibrary> broken = List.of(library("liba.so", "abc", 4));
        assertThatThrownBy(() -> Natives.unpack(folder, broken))
                .isInstanceOf(IOException.class)
                .hasMessage("liba.so has 3 bytes and not 4");
    }

    @Test
    void aResourceKnowsItsSizeBeforeItIsRead() throws IOException {
        PackedLibrary library = PackedLibrary.of(
                        NativesTest.class, "/dev/sharegpt4v/runtime/onnx/", "NativesTest.class")
                .orElseThrow();
        try (InputStream content = library.content().open()) {
            assertThat(content.readAllBytes()).hasSize((int) library.bytes());
        }
        PackedLibrary packed = PackedLibrary.of(Test.class, "/org/junit/jupiter/api/", "Test.class")
                .orElseThrow();
        try (InputStream content = packed.content().open()) {
            assertThat(content.readAllBytes()).hasSize((int) packed.bytes());
        }
        assertThat(PackedLibrary.of(NativesTest.class, "/nowhere/", "lib.so")).isEmpty();
    }

    private static void requireWholeOrMissing(Path cache) throws IOException {
        for (Map.Entry<String, String> library : CONTENT.entrySet()) {
            Path file = cache.resolve(library.getKey());
            if (Files.exists(file)) {
                assertThat(file).hasContent(library.getValue());
            }
        }
    }

    private static void requireAll(Path folder) throws IOException {
        requireWholeOrMissing(folder);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted())
                    .containsExactlyElementsOf(CONTENT.keySet());
        }
    }
}
