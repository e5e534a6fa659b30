package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.accelerator.Accelerator;
import dev.sharegpt4v.runtime.accelerator.BoundTensor;
import dev.sharegpt4v.runtime.accelerator.CaptureGate;
import dev.sharegpt4v.runtime.accelerator.DeviceEncoder;
import dev.sharegpt4v.runtime.accelerator.DeviceExecutor;
import dev.sharegpt4v.runtime.accelerator.HostAccelerator;
import dev.sharegpt4v.runtime.accelerator.KvStore;
import dev.sharegpt4v.runtime.execution.BlockCopy;
import dev.sharegpt4v.runtime.execution.ImageEncoder;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.execution.ModelShape;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/** Packages for processors through the code that binds memory of a device, with host memory in its place. */
public final class HostDecoder {

    private HostDecoder() {}

    /** The decoder, whose attention is our operator with its own KV cache. */
    public static ModelExecutor open(GraphPaths graphs, ModelShape shape, CpuOptions options) {
        KvPool pool = new KvPool(shape, options.geometry(), options.format());
        CustomOperators operators = new CustomOperators(attributes -> new PagedAttentionKernel(attributes, pool));
        GraphSession session =
                GraphSession.open(graphs.decoder(), new CpuProvider(options.threads(), operators), Optional.empty());
        Accelerator accelerator = new HostAccelerator();
        return new DeviceExecutor(
                accelerator,
                new BoundGraph(session, accelerator),
                new PoolStore(pool, operators),
                shape,
                options.geometry(),
                DeviceExecutor.MOST_CAPTURES,
                new CaptureGate(),
                options.batchInvariance() && graphs.padsSingleRows()
                        ? SingleRows::widened
                        : IntUnaryOperator.identity());
    }

    /** The vision tower. */
    public static ImageEncoder encoder(GraphPaths graphs, ModelShape shape, CpuOptions options) {
        GraphSession session =
                GraphSession.open(graphs.vision(), new CpuProvider(options.encoderThreads()), Optional.empty());
        Accelerator accelerator = new HostAccelerator();
        return new DeviceEncoder(
                accelerator,
                new BoundGraph(session, accelerator),
                shape.hiddenSize(),
                options.encoderBatch(),
                new CaptureGate());
    }

    private record PoolStore(KvPool pool, CustomOperators operators) implements KvStore {
        @Override
        public List<BoundTensor> tensors() {
            return List.of();
        }

        @Override
        public void copy(BlockCopy copy) {
            pool.copy(copy);
        }

        @Override
        public void close() {
            operators.close();
            pool.close();
        }
    }
}
