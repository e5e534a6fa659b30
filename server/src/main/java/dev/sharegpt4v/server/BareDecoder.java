package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.onnx.CpuDevice;
import dev.sharegpt4v.runtime.onnx.CpuOptions;
import java.nio.file.Path;
import java.util.Optional;

/** A model's decoder on its device, without an engine: for measuring steps. */
public final class BareDecoder implements AutoCloseable {

    private final ModelExecutor executor;

    private BareDecoder(ModelExecutor executor) {
        this.executor = executor;
    }

    /**
     * Opens it.
     *
     * @param threads of a step
     * @param batchInvariance whether a token's logits have the same bits in any company
     * @param profile receives the time of every operator when the decoder is closed
     */
    public static BareDecoder open(
            LoadedModel model,
            int threads,
            KvGeometry geometry,
            KvFormat format,
            boolean batchInvariance,
            Optional<Path> profile) {
        CpuOptions options = new CpuOptions(threads, 1, 1, geometry, format, batchInvariance);
        return new BareDecoder(CpuDevice.decoder(model.graphs(), model.shape(), options, profile));
    }

    public ModelExecutor executor() {
        return executor;
    }

    @Override
    public void close() {
        executor.close();
    }
}
