package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.runtime.execution.ImageEncoder;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.onnx.CpuDevice;
import dev.sharegpt4v.runtime.onnx.CpuOptions;
import dev.sharegpt4v.runtime.onnx.CudaDevice;

/** A model's decoder and vision tower on their device, without an engine: for comparing devices. */
public final class BareModel implements AutoCloseable {

    private final ModelExecutor executor;
    private final ImageEncoder encoder;

    private BareModel(ModelExecutor executor, ImageEncoder encoder) {
        this.executor = executor;
        this.encoder = encoder;
    }

    /**
     * Opens it; keys and values are fp32 on the CPU.
     *
     * @param choice of the device
     * @param threads on the CPU
     * @param batch images at once at most
     */
    public static BareModel open(LoadedModel model, DeviceChoice choice, int threads, int batch, KvGeometry geometry) {
        if (choice.kind() == Device.CUDA) {
            CudaDevice device = Devices.cuda(model, choice, batch, geometry);
            return new BareModel(device.executor(), device.encoder());
        }
        CpuOptions options = new CpuOptions(threads, threads, batch, geometry, KvFormat.FP32);
        CpuDevice device = CpuDevice.open(model.graphs(Device.CPU), model.shape(), options);
        return new BareModel(device.executor(), device.encoder());
    }

    public ModelExecutor executor() {
        return executor;
    }

    public ImageEncoder encoder() {
        return encoder;
    }

    @Override
    public void close() {
        executor.close();
        encoder.close();
    }
}
