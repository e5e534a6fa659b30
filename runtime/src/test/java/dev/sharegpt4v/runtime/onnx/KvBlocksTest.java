package dev.sharegpt4v.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.runtime.execution.ActivationType;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.ModelShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KvBlocksTest {

    @Test
    void aBlockOf7bTakes64MegabytesInHalves() {
        ModelShape shape = new ModelShape(32_000, 32_000, 32, 32, 128, 4096, 4096);
        assertThat(CudaDevice.kvBlockBytes(shape, 128, ActivationType.FP16)).isEqualTo(64L << 20);
        assertThat(CudaDevice.kvBlockBytes(shape, 256, ActivationType.BF16)).isEqualTo(128L << 20);
    }

    @ParameterizedTest
    @CsvSource({"1000, 0.9, 10, 90", "1000, 0.999, 10, 99", "1009, 0.5, 10, 50", "20, 0.5, 10, 1"})
    void aShareIsTakenOfWhatIsFree(long free, double share, long block, int blocks) {
        assertThat(KvBlocks.choose(new KvSize.Share(share), 128, block, free).blocks())
                .isEqualTo(blocks);
    }

    @Test
    void bytesAreTakenAsFarAsWholeBlocksGo() {
        assertThat(KvBlocks.choose(new KvSize.Bytes(1009), 128, 10, 2000).blocks())
                .isEqualTo(100);
        assertThat(KvBlocks.choose(new KvSize.Bytes(2000), 128, 10, 2000).blocks())
                .isEqualTo(200);
    }

    @Test
    void slotsStayWithinTheirNumbers() {
        assertThat(KvBlocks.choose(new KvSize.Bytes(1L << 50), 128, 1, 1L << 51).blocks())
                .isEqualTo(Integer.MAX_VALUE / 128);
    }

    @Test
    void whatDoesNotFitIsToldWithItsNumbers() {
        for (KvSize size : new KvSize[] {new KvSize.Bytes(3L << 30), new KvSize.Share(0.01)}) {
            assertThatThrownBy(() -> KvBlocks.choose(size, 128, 64L << 20, 1L << 30))
                    .isInstanceOfSatisfying(
                            ExecutionFailure.class,
                            e -> assertThat(e.kind()).isEqualTo(ExecutionFailure.Kind.OUT_OF_MEMORY))
                    .hasMessageContaining("64 MB")
                    .hasMessageContaining("1024 MB of the device are free");
        }
    }
}
