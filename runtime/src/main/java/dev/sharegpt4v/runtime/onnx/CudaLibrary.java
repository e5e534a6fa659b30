package dev.sharegpt4v.runtime.onnx;

import java.util.Arrays;
import java.util.Optional;

/**
 * Shared libraries that ONNX Runtime 1.29's CUDA provider is linked with, each after those that it needs itself, and what
 * brings them. cuDNN is none of them: the provider opens it for convolutions only, and our graphs have none.
 */
enum CudaLibrary {
    DRIVER(
            "libcuda.so.1",
            "NVIDIA's driver brings it, and into a container the NVIDIA Container Toolkit (docker run --gpus all)"),
    RUNTIME("libcudart.so.12", packages("cuda-cudart-12-8", "nvidia-cuda-runtime-cu12")),
    CUBLAS_LT("libcublasLt.so.12", packages("libcublas-12-8", "nvidia-cublas-cu12")),
    CUBLAS("libcublas.so.12", packages("libcublas-12-8", "nvidia-cublas-cu12")),
    CURAND("libcurand.so.10", packages("libcurand-12-8", "nvidia-curand-cu12"));

    /** What to do about any but the driver's. */
    static final String SEARCHED =
            "The system searches LD_LIBRARY_PATH and the folders that ldconfig knows; the folder that -Dsharegpt4v.natives"
                    + " names is searched too. docs/gpu.md says more.";

    private final String fileName;
    private final String source;

    CudaLibrary(String fileName, String source) {
        this.fileName = fileName;
        this.source = source;
    }

    private static String packages(String debian, String wheel) {
        return "NVIDIA's package " + debian + " or the pip wheel " + wheel + " brings it";
    }

    /** The name under which programs ask for it. */
    String fileName() {
        return fileName;
    }

    /** Its name and what brings it, in one sentence without an end. */
    String advice() {
        return fileName + ": " + source;
    }

    static Optional<CudaLibrary> named(String fileName) {
        return Arrays.stream(values())
                .filter(library -> library.fileName.equals(fileName))
                .findFirst();
    }
}
