package dev.sharegpt4v.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class CudaEnvironmentTest {

    private static final CudaGpu H200 = gpu(0, "NVIDIA H200", 9, 0, 13_000);

    private static CudaGpu gpu(int index, String name, int major, int minor, int driver) {
        return new CudaGpu(index, name, major, minor, 150_000_000_000L, driver);
    }

    @Test
    void aGpuIsDescribedForTheLog() {
        assertThat(CudaEnvironment.choose(0, List.of(H200)).describe())
                .isEqualTo("NVIDIA H200 (GPU 0, compute capability 9.0, 150 GB, driver for CUDA 13.0)");
    }

    @Test
    void theSecondGpuIsTheSecond() {
        CudaGpu other = gpu(1, "NVIDIA L4", 8, 9, 12_080);
        assertThat(CudaEnvironment.choose(1, List.of(H200, other))).isEqualTo(other);
    }

    @Test
    void whereNoGpuIsVisibleItIsSaidWhatToLookAt() {
        assertThatThrownBy(() -> CudaEnvironment.choose(0, List.of()))
                .isInstanceOf(ExecutionFailure.class)
                .hasMessageContaining("nvidia-smi");
    }

    @Test
    void whereTheNumberIsTooLargeTheVisibleOnesAreNamed() {
        assertThatThrownBy(() -> CudaEnvironment.choose(3, List.of(H200)))
                .hasMessageContaining("no GPU 3")
                .hasMessageContaining("NVIDIA H200 (GPU 0");
    }

    @Test
    void anOldDriverIsRefused() {
        assertThatThrownBy(() -> CudaEnvironment.choose(0, List.of(gpu(0, "Tesla T4", 7, 5, 11_080))))
                .hasMessageContaining("older")
                .hasMessageContaining("CUDA 11.8");
    }

    @ParameterizedTest
    @CsvSource({"6, 1", "7, 0", "7, 2", "7, 5", "8, 0", "8, 6", "8, 7", "8, 9", "9, 0", "12, 0", "12, 1"})
    void codeForASmallerMinorCapabilityRuns(int major, int minor) {
        assertThat(CudaEnvironment.choose(0, List.of(gpu(0, "any", major, minor, 12_080))))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"5, 2", "10, 0", "10, 3", "11, 0", "13, 0"})
    void aGpuThatNoCodeRunsOnIsRefused(int major, int minor) {
        assertThatThrownBy(() -> CudaEnvironment.choose(0, List.of(gpu(0, "any", major, minor, 13_000))))
                .hasMessageContaining("holds no code for any")
                .hasMessageContaining("9.0");
    }

    @ParameterizedTest
    @EnumSource(CudaLibrary.class)
    void aMissingLibraryIsNamedWithWhatBringsIt(CudaLibrary missing) {
        String message = CudaLibraries.missing(library -> library != missing).orElseThrow();
        assertThat(message).contains("a library that CUDA needs is missing", missing.advice());
        for (CudaLibrary other : EnumSet.complementOf(EnumSet.of(missing))) {
            assertThat(message).doesNotContain(other.fileName());
        }
        assertThat(message.contains("LD_LIBRARY_PATH")).isEqualTo(missing != CudaLibrary.DRIVER);
    }

    @Test
    void allMissingLibrariesAreNamedAtOnce() {
        Set<CudaLibrary> there = EnumSet.of(CudaLibrary.RUNTIME);
        assertThat(CudaLibraries.missing(there::contains).orElseThrow())
                .contains("libraries that CUDA needs", "libcuda.so.1", "libcublas.so.12", "libcurand.so.10")
                .doesNotContain("libcudart");
        assertThat(CudaLibraries.missing(_ -> true)).isEqualTo(Optional.empty());
    }

    @Test
    void aFailureKeepsItsKindAndItsOwnWords() {
        ExecutionFailure raw =
                new ExecutionFailure(ExecutionFailure.Kind.OUT_OF_MEMORY, "CUDA failure 2: out of memory ; GPU=0");
        ExecutionFailure told = CudaEnvironment.explain(raw);
        assertThat(told.kind()).isEqualTo(ExecutionFailure.Kind.OUT_OF_MEMORY);
        assertThat(told).hasMessageContaining("too little free memory").hasMessageContaining("GPU=0");
        ExecutionFailure other = new ExecutionFailure(ExecutionFailure.Kind.FATAL, "something else");
        assertThat(CudaEnvironment.explain(other)).isSameAs(other);
    }
}
