package dev.sharegpt4v.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.models.testing.ParityCase;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class CheckpointsTest {

    static List<ParityCase> cases() {
        return ParityCase.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyLayoutGivesTheTensorsThatTorchWrote(ParityCase parity) {
        try (Checkpoint checkpoint = Checkpoints.open(parity.checkpoint(), Optional.empty())) {
            Map<String, Long> found = new TreeMap<>();
            checkpoint
                    .tensors()
                    .names()
                    .forEach(name ->
                            found.put(name, checksum(checkpoint.tensors().tensor(name))));

            assertThat(parity.checksums()).containsAllEntriesOf(found);
            assertThat(found.keySet())
                    .isEqualTo(ExpectedTensors.of(checkpoint.config()).keySet());
            assertThat(checkpoint.inventory().unknown()).isEmpty();
        }
    }

    private static long checksum(TensorView tensor) {
        float[] values = tensor.toFloats();
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        CRC32 crc = new CRC32();
        crc.update(bytes.array());
        return crc.getValue();
    }
}
