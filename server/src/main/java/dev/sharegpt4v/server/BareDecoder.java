package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.onnx.CpuDevice;
import dev.sharegpt4v.runtime.onnx.CpuOptions;

/** A model's decoder on its device, without an engine: for measuring steps. */
public final class BareDecoder implements AutoCloseable {

    private final CpuDevice device;

    private BareDecoder(CpuDevice device) {
        this.device = device;
    }

    /**
     * Opens it.
     *
     * @param threads of a step
     */
    public static BareDecoder open(LoadedModel model, int threads, KvGeometry geometry) {
        CpuOptions options = new CpuOptions(threads, 1, 1, geometry);
        return new BareDecoder(CpuDevice.open(model.graphs(), model.shape(), options));
    }

    public ModelExecutor executor() {
        return device.executor();
    }

    @Override
    public void close() {
        device.close();
    }
}
