package dev.sharegpt4v.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.sharegpt4v.runtime.accelerator.CudaAccelerator;
import dev.sharegpt4v.runtime.execution.ActivationType;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.ModelShape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be known of CUDA where there is none. */
final class CudaDeviceTest {

    @TempDir
    private Path folder;

    @Test
    void withoutCudaOpeningSaysWhatIsMissingAndDoesSoAgain() {
        assumeFalse(hasCuda(), "there is a GPU");
        CudaOptions options = new CudaOptions(0, 4, 128, new KvSize.Share(0.9), ActivationType.FP16, true);
        GraphPaths graphs = new GraphPaths(Path.of("vision.onnx"), Path.of("decoder.onnx"), false);
        ModelShape shape = new ModelShape(10, 10, 1, 1, 8, 8, 64);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> CudaDevice.open(graphs, shape, options))
                    .isInstanceOf(ExecutionFailure.class)
                    .hasMessageMatching(".*(libcudart|CUDA error).*");
        }
    }

    @Test
    void aSessionOnCudaSaysWhyItCannotBe() throws IOException {
        assumeFalse(hasCuda(), "there is a GPU");
        Path graph = EchoGraph.write(folder);
        assertThatThrownBy(() -> GraphSession.open(graph, new CudaProvider(0, 1, true), Optional.empty()))
                .isInstanceOfSatisfying(
                        ExecutionFailure.class, e -> assertThat(e.kind()).isEqualTo(ExecutionFailure.Kind.FATAL))
                .hasMessageStartingWith("ONNX Runtime cannot use CUDA: ");
    }

    @Test
    void theProviderTakesNoMoreMemoryThanNeededAndNoShortcutsInArithmetic() {
        assertThat(new CudaProvider(3, 77, false).settings())
                .containsEntry("device_id", "3")
                .containsEntry("arena_extend_strategy", "kSameAsRequested")
                .containsEntry("enable_cuda_graph", "0")
                .containsEntry("use_tf32", "0");
        assertThat(new CudaProvider(3, 77, true).settings()).containsEntry("enable_cuda_graph", "1");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 64, 100, 512})
    void blocksThatFlashAttentionDoesNotTakeAreRefused(int blockSize) {
        assertThatThrownBy(() -> new CudaOptions(0, 4, blockSize, new KvSize.Share(0.9), ActivationType.FP16, true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -1, 2, Double.NaN})
    void aShareIsPartOfAWhole(double share) {
        assertThatThrownBy(() -> new KvSize.Share(share)).isInstanceOf(IllegalArgumentException.class);
    }

    private static boolean hasCuda() {
        try {
            CudaAccelerator.open(0).close();
            return true;
        } catch (ExecutionFailure e) {
            return false;
        }
    }
}
