package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.runtime.onnx.CpuOptions;
import java.util.function.Consumer;

/** Settings and memory become options of the device, in one place. */
final class DeviceOptions {

    /** Positions of a short question and answer beside a picture. */
    private static final int SHORT = 64;

    private DeviceOptions() {}

    /**
     * Chooses them.
     *
     * @param log takes one line that says what was chosen and why
     * @throws IllegalArgumentException when not even one request would fit
     */
    static CpuOptions choose(LoadedModel model, ServerConfig config, Consumer<String> log) {
        int least = Math.min(model.shape().contextLength(), model.imageFeatureRows() + SHORT);
        MemoryNeeds needs =
                MemoryNeeds.of(model.manifest(), config, Runtime.getRuntime().maxMemory());
        KvSizing kv = KvSizing.choose(model.shape(), config.kv(), MachineMemory.read(), needs, least);
        log.accept(kv.line(config.kv()) + "; " + config.threads() + " threads");
        return new CpuOptions(
                config.threads(),
                config.encoderThreads(),
                config.encoderBatch(),
                kv.geometry(),
                config.kv().format(),
                config.batchInvariance());
    }
}
