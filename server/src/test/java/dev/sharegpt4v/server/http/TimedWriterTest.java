package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import io.helidon.webserver.CloseConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60) // Only to end a hang.
final class TimedWriterTest {

    private static final BufferData WORDS = BufferData.create("words");

    /** A socket that a test can make to take nothing more. */
    private static final class Socket implements DataWriter {
        private final List<BufferData> taken = new ArrayList<>();
        private boolean full;

        @Override
        public void write(BufferData buffer) {
            if (full) {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException("closed by interrupt", e);
                }
            }
            taken.add(buffer);
        }

        @Override
        public void write(BufferData... buffers) {
            List.of(buffers).forEach(this::write);
        }

        @Override
        public void writeNow(BufferData... buffers) {
            write(buffers);
        }

        @Override
        public void writeNow(BufferData buffer) {
            write(buffer);
        }
    }

    @Test
    void aWriteThatTakesTooLongEndsTheConnection() throws Exception {
        Socket socket = new Socket();
        TimedWriter writer = new TimedWriter(socket, Duration.ofMillis(40));
        socket.full = true;
        try (TimedWriter.Watch _ = writer.watch()) {
            assertThatExceptionOfType(CloseConnectionException.class)
                    .isThrownBy(() -> onItsOwnThread(() -> writer.write(WORDS)))
                    .withMessageContaining("did not read");
        }
        assertThat(socket.taken).isEmpty();
    }

    @Test
    void writesInTimePassAllOfThem() throws Exception {
        Socket socket = new Socket();
        TimedWriter writer = new TimedWriter(socket, Duration.ofHours(1));
        try (TimedWriter.Watch _ = writer.watch()) {
            onItsOwnThread(() -> {
                writer.write(WORDS);
                writer.writeNow(WORDS, WORDS);
                writer.writeNow(WORDS);
                writer.write(WORDS, WORDS);
                writer.flush();
            });
        }
        assertThat(socket.taken).hasSize(6);
    }

    private static void onItsOwnThread(Runnable writes) throws Exception {
        FutureTask<Boolean> task = new FutureTask<>(writes, true);
        Thread.ofVirtual().start(task);
        try {
            task.get();
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }
}
