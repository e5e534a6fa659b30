package dev.sharegpt4v.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The messages are ONNX Runtime's own, from its source and from reports of its users. */
final class CudaMessagesTest {

    private static final String BRIDGE =
            "/onnxruntime_src/onnxruntime/core/session/provider_bridge_ort.cc:1952 onnxruntime::Provider&"
                    + " onnxruntime::ProviderLibrary::Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load library ";

    private static final String CALL =
            "/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:122 std::conditional_t<THRW, void,"
                    + " onnxruntime::common::Status> onnxruntime::CudaCall(ERRTYPE, const char*, const char*, SUCCTYPE, const char*,"
                    + " const char*, int) [with ERRTYPE = cudaError; bool THRW = true] ";

    private static final String PLACE =
            " ; GPU=-1 ; hostname=c4327188c000000 ; file=/onnxruntime_src/onnxruntime/core/providers/cuda/"
                    + "cuda_execution_provider.cc ; line=336 ; expr=cudaSetDevice(info_.device_id); ";

    static Stream<Arguments> messages() {
        return Stream.of(
                Arguments.of(
                        BRIDGE
                                + "libonnxruntime_providers_cuda.so with error: libcublasLt.so.12: cannot open shared object"
                                + " file: No such file or directory\n",
                        new String[] {"libcublasLt.so.12", "libcublas-12-8", "nvidia-cublas-cu12", "LD_LIBRARY_PATH"}),
                Arguments.of(
                        BRIDGE
                                + "/opt/natives/libonnxruntime_providers_cuda.so with error: libcudart.so.12: cannot open"
                                + " shared object file: No such file or directory",
                        new String[] {"libcudart.so.12", "nvidia-cuda-runtime-cu12"}),
                Arguments.of(
                        BRIDGE
                                + "/opt/natives/libonnxruntime_providers_cuda.so with error: libcurand.so.10: cannot open"
                                + " shared object file: No such file or directory",
                        new String[] {"libcurand.so.10", "nvidia-curand-cu12"}),
                Arguments.of(
                        BRIDGE
                                + "/opt/natives/libonnxruntime_providers_cuda.so with error: libcuda.so.1: cannot open shared"
                                + " object file: No such file or directory",
                        new String[] {"libcuda.so.1", "driver", "--gpus all"}),
                Arguments.of(
                        BRIDGE
                                + "libonnxruntime_providers_cuda.so with error: libcudnn.so.9: cannot open shared object file:"
                                + " No such file or directory",
                        new String[] {"libcudnn.so.9", "LD_LIBRARY_PATH"}),
                Arguments.of(
                        BRIDGE + "libonnxruntime_providers_cuda.so with error: /usr/lib/libcublas.so.12: version"
                                + " `libcublas.so.12' not found (required by /opt/natives/libonnxruntime_providers_cuda.so)",
                        new String[] {"version `libcublas.so.12' not found", "CUDA 12.8", "older"}),
                Arguments.of(
                        BRIDGE
                                + "libonnxruntime_providers_cuda.so with error: /lib64/libc.so.6: version `GLIBC_2.27' not"
                                + " found (required by libonnxruntime_providers_cuda.so)",
                        new String[] {"GLIBC_2.27", "glibc 2.28"}),
                Arguments.of(
                        CALL + "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version" + PLACE,
                        new String[] {"older", "525"}),
                Arguments.of(
                        CALL + "CUDA failure 100: no CUDA-capable device is detected" + PLACE,
                        new String[] {"no NVIDIA GPU", "nvidia-smi", "CUDA_VISIBLE_DEVICES"}),
                Arguments.of(CALL + "CUDA failure 101: invalid device ordinal" + PLACE, new String[] {"--gpu"}),
                Arguments.of(
                        "CUDA error 100: no CUDA-capable device is detected (cudaSetDevice 0)",
                        new String[] {"no NVIDIA GPU"}),
                Arguments.of(CALL + "CUDA failure 2: out of memory" + PLACE, new String[] {"free memory"}),
                Arguments.of(
                        CALL + "CUDA failure 802: system not yet initialized" + PLACE, new String[] {"fabric manager"}),
                Arguments.of(
                        CALL + "CUDA failure 719: unspecified launch failure" + PLACE,
                        new String[] {"CUDA failed: unspecified launch failure (719)"}),
                Arguments.of(
                        "[ONNXRuntimeError] : 1 : FAIL : Non-zero status code returned while running Relu node."
                                + " Name:'Relu_1' Status Message: CUDA error cudaErrorNoKernelImageForDevice:no kernel image is"
                                + " available for execution on the device",
                        new String[] {"no code for this GPU", "9.0"}),
                Arguments.of(
                        "CUDA execution provider is not enabled in this build. ",
                        new String[] {"for the CPU only", "-Pcuda", "--target cuda"}),
                Arguments.of(
                        "This session contains graph nodes that are assigned to the default CPU EP, but fallback to CPU EP"
                                + " has been explicitly disabled by the user.",
                        new String[] {"does not run every node", "--device cuda"}),
                Arguments.of(
                        "Could not find an implementation for PagedAttention(1) node with name '/layers.0/attention'",
                        new String[] {"com.microsoft.PagedAttention"}));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void whatTheProviderSaysBecomesWhatToDo(String message, String[] told) {
        assertThat(CudaMessages.explain(message))
                .hasValueSatisfying(
                        meaning -> assertThat(meaning).contains(told).doesNotContain("onnxruntime_src", "\n"));
    }

    @Test
    void whatIsNotKnownIsLeftAsItIs() {
        assertThat(CudaMessages.explain("Load model from a.onnx failed: Protobuf parsing failed."))
                .isEmpty();
        assertThat(CudaMessages.explain("")).isEmpty();
    }
}
