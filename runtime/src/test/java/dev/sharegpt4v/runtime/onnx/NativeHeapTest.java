package dev.sharegpt4v.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class NativeHeapTest {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int BLOCK = 100_000;
    private static final int BLOCKS = 2_000;

    @Test
    void whatWasFreedBetweenLivingBlocksIsGivenBack() throws IOException {
        assumeThat(Linker.nativeLinker().defaultLookup().find("malloc_trim")).isPresent();
        assumeThat(Files.isReadable(STATUS)).isTrue();
        try (Arena living = Arena.ofConfined()) {
            try (Arena freed = Arena.ofConfined()) {
                for (int i = 0; i < BLOCKS; i++) {
                    freed.allocate(BLOCK).fill((byte) 1);
                    // In the way of a heap that shrinks from its end.
                    living.allocate(64);
                }
            }
            long before = resident();
            NativeHeap.trim();
            assertThat(before - resident()).isGreaterThan((long) BLOCKS * BLOCK / 2);
        }
    }

    private static long resident() throws IOException {
        String line = Files.readAllLines(STATUS).stream()
                .filter(text -> text.startsWith("RssAnon:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
    }
}
