package dev.sharegpt4v.server.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MemoryBandwidthTest {

    @ParameterizedTest
    @ValueSource(ints = {64, 512, 4096 + 64, (1 << 20) + 192, 3 << 20})
    void everyNumberIsReadOnce(int bytes) {
        Random random = new Random(bytes);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(bytes, 64);
            long expected = 0;
            for (long at = 0; at < bytes; at += Long.BYTES) {
                long value = random.nextLong();
                memory.set(ValueLayout.JAVA_LONG, at, value);
                expected += value;
            }
            assertThat(MemoryBandwidth.sum(memory)).isEqualTo(expected);
        }
    }

    @Test
    void allThreadsReadTheirShare() throws InterruptedException {
        MemoryBandwidth found = MemoryBandwidth.measure(3, 10 << 20, 2);
        assertThat(found.threads()).isEqualTo(3);
        assertThat(found.bytes()).isEqualTo(9 << 20);
        assertThat(found.bytesPerSecond()).isPositive();
    }
}
