package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.runtime.execution.ImageEncoder;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.onnx.CpuDevice;
import dev.sharegpt4v.runtime.onnx.CpuOptions;

/** A model's vision tower on its device, without an engine: for measuring encodes. */
public final class BareEncoder implements AutoCloseable {

    private static final KvGeometry NO_CACHE = new KvGeometry(1, 16);

    private final ImageEncoder encoder;

    private BareEncoder(ImageEncoder encoder) {
        this.encoder = encoder;
    }

    /**
     * Opens it.
     *
     * @param threads of an encode
     * @param batch images encoded at once at most
     */
    public static BareEncoder open(LoadedModel model, int threads, int batch) {
        CpuOptions options = new CpuOptions(threads, threads, batch, NO_CACHE, KvFormat.FP32);
        return new BareEncoder(CpuDevice.encoder(model.graphs(), model.shape(), options));
    }

    public ImageEncoder encoder() {
        return encoder;
    }

    @Override
    public void close() {
        encoder.close();
    }
}
