package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import java.nio.file.Path;
import java.util.List;

/** Whether this process can use a GPU, and if not, why not: asked before a graph is opened, which takes long. */
public final class CudaEnvironment {

    private CudaEnvironment() {}

    /**
     * Loads what CUDA needs and finds a GPU.
     *
     * @param index of the GPU, from 0
     * @throws ExecutionFailure when this build is for the CPU, a library is missing, no such GPU is visible, or ONNX Runtime
     *     holds no code for it; the message says what to do
     */
    public static CudaGpu require(int index) {
        Path natives = NativeLibrary.folder();
        if (!NativeLibrary.hasCuda(natives)) {
            throw failure(CudaMessages.CPU_BUILD);
        }
        CudaLibraries.load(natives).ifPresent(message -> {
            throw failure(message);
        });
        return choose(index, CudaDriver.open().gpus());
    }

    /** The GPU of this index, if ONNX Runtime can run on it. */
    static CudaGpu choose(int index, List<CudaGpu> gpus) {
        if (gpus.isEmpty()) {
            throw failure(CudaMessages.NO_DEVICE);
        }
        if (index >= gpus.size()) {
            throw failure("there is no GPU " + index + "; CUDA sees "
                    + String.join(", ", gpus.stream().map(CudaGpu::describe).toList()));
        }
        CudaGpu gpu = gpus.get(index);
        if (gpu.driver() < CudaGpu.OLDEST_DRIVER) {
            throw failure(CudaMessages.OLD_DRIVER + ": " + gpu.describe());
        }
        if (!gpu.isSupported()) {
            throw failure("ONNX Runtime holds no code for " + gpu.describe() + ": it was built for compute capability "
                    + CudaGpu.supported());
        }
        return gpu;
    }

    /** The same failure, and what it means where that is known. */
    public static ExecutionFailure explain(ExecutionFailure failure) {
        String message = String.valueOf(failure.getMessage());
        return CudaMessages.explain(message)
                .map(meaning -> new ExecutionFailure(failure.kind(), meaning + " [" + message + "]", failure))
                .orElse(failure);
    }

    private static ExecutionFailure failure(String message) {
        return new ExecutionFailure(ExecutionFailure.Kind.FATAL, message);
    }
}
