package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.onnx.CpuDevice;
import dev.sharegpt4v.runtime.onnx.CpuOptions;
import dev.sharegpt4v.runtime.onnx.CudaDevice;
import java.nio.file.Path;
import java.util.Optional;

/** A model's decoder on its device, without an engine: for measuring steps. */
public final class BareDecoder implements AutoCloseable {

    private final ModelExecutor executor;
    private final Runnable close;

    private BareDecoder(ModelExecutor executor, Runnable close) {
        this.executor = executor;
        this.close = close;
    }

    /**
     * Opens it.
     *
     * @param choice of the device
     * @param threads of a step on the CPU
     * @param format of keys and values on the CPU
     * @param batchInvariance whether on the CPU a token's logits have the same bits in any company
     * @param profile receives the time of every operator when the decoder is closed; on the CPU alone
     */
    public static BareDecoder open(
            LoadedModel model,
            DeviceChoice choice,
            int threads,
            KvGeometry geometry,
            KvFormat format,
            boolean batchInvariance,
            Optional<Path> profile) {
        if (choice.kind() == Device.CUDA) {
            CudaDevice device = Devices.cuda(model, choice, 1, geometry);
            return new BareDecoder(device.executor(), device::close);
        }
        CpuOptions options = new CpuOptions(threads, 1, 1, geometry, format, batchInvariance);
        ModelExecutor executor = CpuDevice.decoder(model.graphs(Device.CPU), model.shape(), options, profile);
        return new BareDecoder(executor, executor::close);
    }

    public ModelExecutor executor() {
        return executor;
    }

    @Override
    public void close() {
        close.run();
    }
}
