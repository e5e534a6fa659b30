package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.onnx.CpuOptions;
import dev.sharegpt4v.runtime.onnx.CudaOptions;
import dev.sharegpt4v.runtime.onnx.KvSize;
import java.util.function.Consumer;

/** Settings and memory become options of the device, in one place. */
final class DeviceOptions {

    /** Positions of a short question and answer beside a picture. */
    private static final int SHORT = 64;

    private DeviceOptions() {}

    /**
     * Chooses those of the CPU.
     *
     * @param log takes one line that says what was chosen and why
     * @throws IllegalArgumentException when not even one request would fit
     */
    static CpuOptions choose(LoadedModel model, ModelConfig config, Neighbours neighbours, Consumer<String> log) {
        MemoryNeeds needs =
                MemoryNeeds.of(model.manifest(), config, Runtime.getRuntime().maxMemory());
        KvSizing kv =
                KvSizing.choose(model.shape(), config.kv(), MachineMemory.read(), needs, neighbours, least(model));
        log.accept(kv.line(config.kv()) + "; " + config.threads() + " threads");
        return new CpuOptions(
                config.threads(),
                config.encoderThreads(),
                config.encoderBatch(),
                kv.geometry(),
                config.kv().format(),
                config.batchInvariance());
    }

    /** Those of a GPU, whose memory is looked at when the weights are there; a share of it is divided among all models. */
    static CudaOptions cuda(PackageManifest manifest, ModelConfig config, Neighbours neighbours) {
        KvSize size = switch (config.kv().size()) {
            case KvBudget.Bytes(long bytes) -> new KvSize.Bytes(bytes);
            case KvBudget.Share(double share) -> new KvSize.Share(share / neighbours.sharers());
            case KvBudget.Automatic() -> new KvSize.Share(KvBudget.GPU_SHARE / neighbours.sharers());
        };
        return new CudaOptions(
                config.device().gpu(),
                config.encoderBatch(),
                config.kv().blockSize(),
                size,
                Devices.activations(manifest),
                config.device().graphs());
    }

    /**
     * Refuses a cache that the smallest request does not fit into.
     *
     * @param blockBytes of a block
     */
    static void requireRoom(LoadedModel model, KvGeometry geometry, long blockBytes) {
        int needed = geometry.blocksFor(least(model));
        if (geometry.blocks() < needed) {
            throw new IllegalArgumentException(
                    ("the GPU has room for %d KV blocks of %d tokens beside the weights, and a picture with a short question"
                                    + " and answer takes %d blocks, %d MB. Give --gpu-memory-share or --kv-cache-mb more, or"
                                    + " end what else uses the GPU")
                            .formatted(
                                    geometry.blocks(),
                                    geometry.blockSize(),
                                    needed,
                                    Math.ceilDiv(needed * blockBytes, 1L << 20)));
        }
    }

    private static int least(LoadedModel model) {
        return Math.min(model.shape().contextLength(), model.imageFeatureRows() + SHORT);
    }
}
