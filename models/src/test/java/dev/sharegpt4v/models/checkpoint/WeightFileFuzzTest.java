package dev.sharegpt4v.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sharegpt4v.models.testing.ParityCase;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Spoiled weight files are read or refused: nothing else is thrown, and memory stays in proportion to the file. */
@Timeout(value = 3, unit = TimeUnit.MINUTES) // Only to end a hang.
final class WeightFileFuzzTest {

    private static final int MUTATIONS = 6_000;
    private static final long ALLOWED_BYTES = 4 << 20;
    private static final Path FILE = Path.of("fuzzed");

    private final float[] chunk = new float[1_024];

    @Test
    void spoiledTorchFilesAreReadOrRefused() throws IOException {
        byte[] small = new TorchBytes()
                .pickle(PickleBytes.tensor("HalfStorage", 6, 1, new long[] {2, 2}, new long[] {1, 2}))
                .storage("0", new byte[12])
                .byteOrder("little")
                .stored();

        fuzz(small, TorchFile::read, 1);
        fuzz(published("pytorch_model-00001-of-00002.bin"), TorchFile::read, 2);
    }

    @Test
    void spoiledPicklesAreReadOrRefused() {
        byte[] pickle = PickleBytes.tensor("FloatStorage", 8, 0, new long[] {2, 4}, new long[] {4, 1});
        Mutations mutations = new Mutations(3);

        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] archive = new TorchBytes()
                    .pickle(mutations.of(pickle))
                    .storage("0", new byte[32])
                    .stored();
            refused += isRefused(archive, TorchFile::read) ? 1 : 0;
        }
        assertThat(refused).isBetween(MUTATIONS / 4, MUTATIONS - 1);
    }

    @Test
    void spoiledSafetensorsFilesAreReadOrRefused() throws IOException {
        byte[] small = SafetensorsBytes.of("""
                {"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},
                "b":{"dtype":"BF16","shape":[],"data_offsets":[16,18]}}""", new byte[18]);

        fuzz(small, SafetensorsFile::read, 4);
        fuzz(converted("model-00002-of-00002.safetensors"), SafetensorsFile::read, 5);
    }

    private void fuzz(byte[] original, Function<MappedFile, Map<String, MappedTensor>> reader, long seed) {
        assertThat(isRefused(original, reader)).as("the file as it was").isFalse();
        Mutations mutations = new Mutations(seed);
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            refused += isRefused(mutations.of(original), reader) ? 1 : 0;
        }
        // Some changes touch only weights or padding; most touch what the reader checks.
        assertThat(refused).isBetween(MUTATIONS / 4, MUTATIONS - 1);
    }

    private boolean isRefused(byte[] file, Function<MappedFile, Map<String, MappedTensor>> reader) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        boolean refused = false;
        try {
            reader.apply(new MappedFile(FILE, MemorySegment.ofArray(file)))
                    .values()
                    .forEach(this::readAll);
        } catch (CheckpointException e) {
            assertThat(e).hasMessageContaining("fuzzed");
            refused = true;
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(ALLOWED_BYTES + 20L * file.length);
        return refused;
    }

    private void readAll(MappedTensor tensor) {
        if (tensor.type().isFloating()) {
            for (long at = 0; at < tensor.elements(); at += chunk.length) {
                tensor.readFloats(at, chunk, 0, (int) Math.min(chunk.length, tensor.elements() - at));
            }
        }
    }

    private static byte[] published(String name) throws IOException {
        return Files.readAllBytes(
                ParityCase.load("narrow", "published").checkpoint().resolve(name));
    }

    private static byte[] converted(String name) throws IOException {
        return Files.readAllBytes(
                ParityCase.load("narrow", "converted").checkpoint().resolve(name));
    }
}
