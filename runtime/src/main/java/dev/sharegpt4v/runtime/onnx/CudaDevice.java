package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.accelerator.Accelerator;
import dev.sharegpt4v.runtime.accelerator.CaptureGate;
import dev.sharegpt4v.runtime.accelerator.CudaAccelerator;
import dev.sharegpt4v.runtime.accelerator.DeviceEncoder;
import dev.sharegpt4v.runtime.accelerator.DeviceExecutor;
import dev.sharegpt4v.runtime.accelerator.DeviceKvCache;
import dev.sharegpt4v.runtime.execution.ActivationType;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.ImageEncoder;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.execution.ModelShape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * A model on a GPU: its decoder with a KV cache, and its vision tower, each with a thread and a stream of its own. The number
 * of blocks that was chosen is {@code executor.geometry()}.
 *
 * @param executor runs decoder steps
 * @param encoder encodes images
 */
public record CudaDevice(ModelExecutor executor, ImageEncoder encoder) implements AutoCloseable {

    private static final String NO_FALLBACK = "fallback to CPU EP has been explicitly disabled";

    /**
     * Opens both graphs, then gives the KV cache its share of what is free.
     *
     * @throws dev.sharegpt4v.runtime.execution.ExecutionFailure when there is no such device, a library is missing, memory is
     *     short, or a graph is missing, damaged or not made for CUDA
     */
    public static CudaDevice open(GraphPaths graphs, ModelShape shape, CudaOptions options) {
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            Accelerator stepStream = keep(opened, CudaAccelerator.open(options.deviceId()));
            BoundGraph decoder = keep(opened, graph(graphs.decoder(), stepStream, options.graphCapture()));
            DecoderInputs.require(decoder.inputs(), shape.layers(), graphs.decoder());
            Accelerator imageStream = keep(opened, CudaAccelerator.open(options.deviceId()));
            BoundGraph vision = keep(opened, graph(graphs.vision(), imageStream, false));
            KvGeometry geometry = KvBlocks.choose(
                    options.kv(),
                    options.blockSize(),
                    kvBlockBytes(shape, options.blockSize(), options.type()),
                    stepStream.space().free());
            DeviceKvCache cache = keep(opened, new DeviceKvCache(stepStream, shape, geometry, options.type()));
            CaptureGate gate = new CaptureGate();
            DeviceEncoder encoder =
                    new DeviceEncoder(imageStream, vision, shape.hiddenSize(), options.encoderBatch(), gate);
            DeviceExecutor executor = new DeviceExecutor(
                    stepStream,
                    decoder,
                    cache,
                    shape,
                    geometry,
                    options.graphCapture() ? DeviceExecutor.MOST_CAPTURES : 0,
                    gate,
                    IntUnaryOperator.identity());
            return new CudaDevice(executor, encoder);
        } catch (RuntimeException e) {
            close(opened, e);
            throw e;
        }
    }

    /** Bytes that a KV block takes over all layers. */
    public static long kvBlockBytes(ModelShape shape, int blockSize, ActivationType type) {
        return DeviceKvCache.blockBytes(shape, blockSize, type);
    }

    private static BoundGraph graph(Path path, Accelerator stream, boolean capture) {
        CudaProvider provider = new CudaProvider(stream.deviceId(), stream.stream(), capture);
        try {
            return new BoundGraph(GraphSession.open(path, provider, Optional.empty()), stream);
        } catch (ExecutionFailure e) {
            String message = String.valueOf(e.getMessage());
            throw message.contains(NO_FALLBACK)
                    ? new ExecutionFailure(e.kind(), path + " has operators that CUDA does not run: " + message, e)
                    : e;
        }
    }

    private static <T extends AutoCloseable> T keep(List<AutoCloseable> opened, T resource) {
        opened.add(resource);
        return resource;
    }

    private static void close(List<AutoCloseable> opened, RuntimeException cause) {
        for (AutoCloseable resource : opened.reversed()) {
            try {
                resource.close();
            } catch (Exception e) {
                cause.addSuppressed(e);
            }
        }
    }

    @Override
    public void close() {
        executor.close();
        encoder.close();
    }
}
