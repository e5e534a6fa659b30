package dev.sharegpt4v.runtime.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProcessLockTest {

    @TempDir
    private Path folder;

    @Test
    void oneHoldsItAndTheOthersDoNot() throws IOException {
        try (ProcessLock _ = ProcessLock.tryHold(file()).orElseThrow()) {
            assertThat(ProcessLock.tryHold(file())).isEmpty();
        }
        assertThat(file()).doesNotExist();
        ProcessLock.tryHold(file()).orElseThrow().close();
    }

    @Test
    void theFileOfADeadProcessIsTakenOver() throws IOException {
        Files.writeString(file(), "4711 a process that was");
        ProcessLock.tryHold(file()).orElseThrow().close();
        assertThat(file()).doesNotExist();
    }

    @Test
    void whoRemovesTheFileNeverLetsTwoIn() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger turns = new AtomicInteger();
        List<Future<?>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                all.add(threads.submit(() -> {
                    for (int turn = 0; turn < 20; turn++) {
                        try (ProcessLock _ = ProcessLock.hold(file())) {
                            assertThat(inside.incrementAndGet()).isEqualTo(1);
                            turns.incrementAndGet();
                            inside.decrementAndGet();
                        }
                    }
                    return null;
                }));
            }
        }
        for (Future<?> one : all) {
            one.get();
        }
        assertThat(turns).hasValue(160);
        assertThat(file()).doesNotExist();
    }

    private Path file() {
        return folder.resolve("lock");
    }
}
