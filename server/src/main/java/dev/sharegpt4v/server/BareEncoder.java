package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.runtime.execution.ImageEncoder;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.onnx.CpuDevice;
import dev.sharegpt4v.runtime.onnx.CpuOptions;
import dev.sharegpt4v.runtime.onnx.CudaDevice;

/** A model's vision tower on its device, without an engine: for measuring encodes. */
public final class BareEncoder implements AutoCloseable {

    /** The decoder's cache, which nobody uses. */
    private static final KvGeometry UNUSED = new KvGeometry(1, 256);

    private final ImageEncoder encoder;
    private final Runnable close;

    private BareEncoder(ImageEncoder encoder, Runnable close) {
        this.encoder = encoder;
        this.close = close;
    }

    /**
     * Opens it.
     *
     * @param choice of the device
     * @param threads of a batch on the CPU
     * @param batch images at once at most
     */
    public static BareEncoder open(LoadedModel model, DeviceChoice choice, int threads, int batch) {
        if (choice.kind() == Device.CUDA) {
            CudaDevice device = Devices.cuda(model, choice, batch, UNUSED);
            return new BareEncoder(device.encoder(), device::close);
        }
        CpuOptions options = new CpuOptions(1, threads, batch, UNUSED, KvFormat.FP16);
        ImageEncoder encoder = CpuDevice.encoder(model.graphs(Device.CPU), model.shape(), options);
        return new BareEncoder(encoder, encoder::close);
    }

    public ImageEncoder encoder() {
        return encoder;
    }

    @Override
    public void close() {
        close.run();
    }
}
