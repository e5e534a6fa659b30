package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.accelerator.Accelerator;
import dev.sharegpt4v.runtime.accelerator.CudaAccelerator;
import dev.sharegpt4v.runtime.accelerator.TensorType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a GPU can at best do, as measured just now.
 *
 * @param bytesPerSecond of a copy within its memory, read and written
 * @param flopsPerSecond of a large product in fp16 by ONNX Runtime
 * @param method in words
 */
public record CudaCeilings(double bytesPerSecond, double flopsPerSecond, String method) {

    private static final int SIDE = 8192;
    private static final int HALF = 10;
    private static final long COPY = 1L << 30;
    private static final int REPETITIONS = 20;

    /**
     * Measures them.
     *
     * @throws dev.sharegpt4v.runtime.execution.ExecutionFailure when the GPU cannot be used
     */
    public static CudaCeilings measure(int gpu) {
        Ort.load();
        try (Accelerator accelerator = CudaAccelerator.open(gpu)) {
            DeviceCeilings ceilings = new DeviceCeilings(accelerator, REPETITIONS, System::nanoTime);
            double copied = ceilings.copy(COPY);
            CudaProvider provider = new CudaProvider(gpu, accelerator.stream(), false);
            try (BoundGraph graph = graph(provider, accelerator, SIDE, HALF)) {
                double product = ceilings.product(graph, TensorType.FLOAT16, SIDE);
                return new CudaCeilings(
                        copied,
                        product,
                        "the GPU copies 1 GiB within its memory, and multiplies matrices of %d x %d in fp16"
                                .formatted(SIDE, SIDE));
            }
        }
    }

    /** An opened {@link ProductGraph}. */
    static BoundGraph graph(Provider provider, Accelerator accelerator, int side, int elementType) {
        try {
            Path file = Files.createTempFile("product", ".onnx");
            try {
                Files.write(file, ProductGraph.of(side, elementType));
                return new BoundGraph(GraphSession.open(file, provider, Optional.empty()), accelerator);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write a graph to measure with", e);
        }
    }
}
