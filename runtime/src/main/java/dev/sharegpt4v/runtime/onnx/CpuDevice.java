package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.execution.ImageEncoder;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.execution.ModelShape;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model on the CPU: its decoder with a KV cache, and its vision tower, each with threads of its own.
 *
 * @param executor runs decoder steps
 * @param encoder encodes images
 */
public record CpuDevice(ModelExecutor executor, ImageEncoder encoder) implements AutoCloseable {

    /**
     * Opens both graphs.
     *
     * @throws dev.sharegpt4v.runtime.execution.ExecutionFailure when a graph is missing, damaged or not what it should be
     */
    public static CpuDevice open(GraphPaths graphs, ModelShape shape, CpuOptions options) {
        ModelExecutor executor = decoder(graphs, shape, options, Optional.empty());
        try {
            return new CpuDevice(executor, encoder(graphs, shape, options));
        } catch (RuntimeException e) {
            executor.close();
            throw e;
        }
    }

    /**
     * Loads ONNX Runtime, which opening a model does, too.
     *
     * @throws dev.sharegpt4v.runtime.execution.ExecutionFailure when its library is missing, cannot be loaded or is too old
     */
    public static void load() {
        Ort.load();
        MemorySegment _ = Ort.environment();
    }

    /** Bytes that a KV block takes over all layers, scales and padding included. */
    public static long kvBlockBytes(ModelShape shape, int blockSize, KvFormat format) {
        return new KvLayout(format, blockSize, shape.headSize()).blockBytes(shape);
    }

    /**
     * Opens the decoder alone.
     *
     * @param profile receives the time of every operator of every step, as a trace, when the decoder is closed
     * @throws dev.sharegpt4v.runtime.execution.ExecutionFailure as {@link #open} does
     */
    public static ModelExecutor decoder(
            GraphPaths graphs, ModelShape shape, CpuOptions options, Optional<Path> profile) {
        Ort.load();
        KvPool pool = new KvPool(shape, options.geometry(), options.format());
        CustomOperators operators = new CustomOperators(attributes -> new PagedAttentionKernel(attributes, pool));
        try {
            GraphSession session =
                    GraphSession.open(graphs.decoder(), new CpuProvider(options.threads(), operators), profile);
            boolean padding = options.batchInvariance() && graphs.padsSingleRows();
            return new DecoderExecutor(session, operators, pool, shape, options.geometry(), padding);
        } catch (RuntimeException e) {
            operators.close();
            pool.close();
            throw e;
        }
    }

    /**
     * Opens the vision tower alone.
     *
     * @throws dev.sharegpt4v.runtime.execution.ExecutionFailure as {@link #open} does
     */
    public static ImageEncoder encoder(GraphPaths graphs, ModelShape shape, CpuOptions options) {
        Ort.load();
        return VisionEncoder.open(
                graphs.vision(), options.encoderThreads(), shape.hiddenSize(), options.encoderBatch());
    }

    @Override
    public void close() {
        executor.close();
        encoder.close();
    }
}
