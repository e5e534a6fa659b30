package dev.sharegpt4v.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files beyond what an array or a ByteBuffer holds; sparse, so that they take no room. */
final class LargeFileTest {

    private static final long ROWS = 5L << 20;

    @TempDir
    private Path folder;

    @Test
    void tensorsBeyondFourGibibytesAreReadWithoutBeingCopied() throws IOException {
        long bytes = ROWS * 512 * 2;
        String header =
                "{\"big\":{\"dtype\":\"BF16\",\"shape\":[%d,512],\"data_offsets\":[0,%d]}}".formatted(ROWS, bytes);
        Path path = folder.resolve("model.safetensors");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.write(SafetensorsBytes.of(header));
            file.setLength(file.length() + bytes);
            file.seek(file.length() - 2);
            file.write(new byte[] {(byte) 0x80, 0x3f});
        }

        try (Arena arena = Arena.ofConfined()) {
            MappedTensor big =
                    Objects.requireNonNull(WeightFiles.readFile(path, arena).get("big"));
            float[] last = new float[2];
            big.readFloats(big.elements() - 2, last, 0, 2);

            assertThat(big.elements()).isEqualTo(ROWS * 512);
            assertThat(last).containsExactly(0, 1);
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(big::toFloats)
                    .withMessageContainingAll("big", "does not fit an array");
        }
    }
}
