package dev.sharegpt4v.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TorchFileTest {

    private static final byte[] EIGHT_FLOATS = floats(0, 1, 2, 3, 4, 5, 6, 7);
    private static final long[] ONE = {1};

    @Test
    void viewsRespectOffsetAndStrides() {
        byte[] transposed = PickleBytes.tensor("FloatStorage", 8, 1, new long[] {3, 2}, new long[] {1, 3});

        MappedTensor tensor = only(read(archive(transposed).stored()));

        assertThat(tensor.shape()).containsExactly(3, 2);
        assertThat(tensor.toFloats()).containsExactly(1, 4, 2, 5, 3, 6);
        float[] middle = new float[4];
        tensor.readFloats(2, middle, 1, 2);
        assertThat(middle).containsExactly(0, 2, 5, 0);
    }

    @Test
    void tensorsMayShareAStorage() {
        byte[] pickle = new PickleBytes()
                .op(0x80, 2)
                .global("collections", "OrderedDict")
                .op(')', 'R', 'q', 0, '(')
                .text("a")
                .rebuild()
                .storage("FloatStorage", "0", 8)
                .op('q', 1)
                .view(0, new long[] {2}, ONE)
                .text("b")
                .rebuild()
                .op('h', 1)
                .view(6, new long[] {2}, ONE)
                .op('u')
                // State that torch gives a state dict: dropped.
                .op('}')
                .text("_metadata")
                .global("collections", "OrderedDict")
                .op(')', 'R', 's', 'b', '.')
                .bytes();

        Map<String, MappedTensor> tensors =
                read(archive(pickle).byteOrder("little").stored());

        assertThat(tensors.keySet()).containsExactly("a", "b");
        assertThat(Objects.requireNonNull(tensors.get("a")).toFloats()).containsExactly(0, 1);
        assertThat(Objects.requireNonNull(tensors.get("b")).toFloats()).containsExactly(6, 7);
    }

    @Test
    void scalarsAndEmptyTensorsAreRead() {
        byte[] scalar = PickleBytes.tensor("FloatStorage", 8, 7, new long[0], new long[0]);
        byte[] empty = PickleBytes.tensor("FloatStorage", 8, 8, new long[] {0, 5}, new long[] {5, 1});

        assertThat(only(read(archive(scalar).stored())).toFloats()).containsExactly(7);
        assertThat(only(read(archive(empty).stored())).toFloats()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "8, 0, 9, 1, more elements",
        "8, 1, 8, 1, beyond its storage",
        "8, 0, 2, 8, beyond its storage",
        "8, 0, 100, 0, more elements",
        "8, 9, 1, 1, beyond its storage",
        "8, 0, 2, 9223372036854775807, beyond its storage",
        "8, 1, 2, 9223372036854775807, overflow",
        "8, 0, 9223372036854775807, 1, overflows",
        "8, 0, -1, 1, negative",
        "8, 0, 1, -1, negative",
        "8, -1, 1, 1, malformed tensor",
        "7, 0, 1, 1, instead of 7",
        "9, 0, 1, 1, instead of 9",
        "4611686018427387906, 0, 1, 1, instead of",
        "-8, 0, 1, 1, malformed storage",
    })
    void viewsOutsideTheirStorageAreRefused(long elements, long offset, long size, long stride, String message) {
        byte[] pickle = PickleBytes.tensor("FloatStorage", elements, offset, new long[] {size}, new long[] {stride});

        refused(archive(pickle).stored()).withMessageContaining(message);
    }

    @Test
    void wrongArchivesAreRefused() {
        byte[] good = PickleBytes.tensor("FloatStorage", 8, 0, ONE, ONE);
        byte[] list = new PickleBytes().op(0x80, 2, ']', '.').bytes();
        byte[] number = new PickleBytes()
                .op(0x80, 2, '}')
                .text("w")
                .integer(1)
                .op('s', '.')
                .bytes();

        refused(archive(good).deflated()).withMessageContaining("compresses entry");
        refused(archive(good).byteOrder("big").stored()).withMessageContaining("little-endian");
        refused(new TorchBytes().pickle(good).stored()).withMessageContaining("lacks the entry archive/data/0");
        refused(new TorchBytes().storage("0", EIGHT_FLOATS).stored()).withMessageContaining("0 data.pkl");
        refused(archive(good).entry("other/data.pkl", good).stored()).withMessageContaining("2 data.pkl");
        refused(archive(list).stored()).withMessageContaining("no dict");
        refused(archive(number).stored()).withMessageContaining("not a named tensor");
    }

    @Test
    void otherFormatsAreRefusedClearly() {
        byte[] legacy = new PickleBytes().op(0x80, 2, 0x8a, 10).bytes();

        refused(legacy).withMessageContaining("torch before 1.6");
        refused(new byte[0]).withMessageContaining("no torch zip archive");
        refused(new byte[512]).withMessageContaining("no torch zip archive");
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] whole =
                archive(PickleBytes.tensor("FloatStorage", 8, 0, ONE, ONE)).stored();

        for (int length = 0; length < whole.length; length++) {
            refused(Arrays.copyOf(whole, length));
        }
    }

    private static TorchBytes archive(byte[] pickle) {
        return new TorchBytes().pickle(pickle).storage("0", EIGHT_FLOATS);
    }

    private static Map<String, MappedTensor> read(byte[] file) {
        return TorchFile.read(TorchBytes.mapped(file));
    }

    private static MappedTensor only(Map<String, MappedTensor> tensors) {
        assertThat(tensors).hasSize(1);
        return tensors.values().iterator().next();
    }

    private static ThrowableAssertAlternative<CheckpointException> refused(byte[] file) {
        return assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> read(file))
                .withMessageContaining("pytorch_model.bin");
    }

    private static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }
}
