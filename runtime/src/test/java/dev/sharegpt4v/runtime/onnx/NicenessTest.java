package dev.sharegpt4v.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.execution.WorkThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

final class NicenessTest {

    private static final int NICE_FIELD = 18;

    /** The calling thread's nice value, by proc(5). */
    private static int nice() {
        try {
            String stat = Files.readString(Path.of("/proc/thread-self/stat"));
            // The name in parentheses may hold spaces: it counts as the fields before the state.
            return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[NICE_FIELD - 2]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void itAndTheThreadsThatItStartsGiveWayToTheCaller() {
        int own = nice();
        try (WorkThread thread = new WorkThread("test", Niceness::giveWay)) {
            assertThat(thread.call(NicenessTest::nice)).isGreaterThan(own);
            int started = thread.call(() -> {
                CompletableFuture<Integer> found = new CompletableFuture<>();
                Thread.ofPlatform().start(() -> found.complete(nice()));
                return found.join();
            });
            assertThat(started).isGreaterThan(own);
        }
        assertThat(nice()).isEqualTo(own);
    }
}
