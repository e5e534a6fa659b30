package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.catalog.Precision;
import dev.sharegpt4v.runtime.execution.ActivationType;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.onnx.CpuDevice;
import dev.sharegpt4v.runtime.onnx.CudaCeilings;
import dev.sharegpt4v.runtime.onnx.CudaDevice;
import dev.sharegpt4v.runtime.onnx.CudaEnvironment;
import dev.sharegpt4v.runtime.onnx.CudaGpu;
import dev.sharegpt4v.runtime.onnx.CudaOptions;
import dev.sharegpt4v.runtime.onnx.KvSize;
import dev.sharegpt4v.server.bench.engine.Ceilings;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** Opens a model where it was asked for: the only place that knows which devices there are. */
public final class Devices {

    private Devices() {}

    /**
     * The device to run a package on: the one asked for, or the one that it was made for.
     *
     * @throws dev.sharegpt4v.models.catalog.PackageException when those differ; the message has the command that makes the
     *     right package
     */
    public static Device choose(Path folder, PackageManifest manifest, Optional<Device> asked) {
        asked.ifPresent(device -> manifest.requireDevice(device, folder));
        return manifest.device();
    }

    /** ONNX Runtime's name for what runs graphs on a device. */
    public static String provider(Device device) {
        return switch (device) {
            case CPU -> "CPUExecutionProvider";
            case CUDA -> "CUDAExecutionProvider";
        };
    }

    /** Bytes of a KV block of a model over all layers, on the device that it was made for. */
    public static long kvBlockBytes(LoadedModel model, KvBudget kv) {
        return switch (model.manifest().device()) {
            case CPU -> kv.blockBytes(model.shape());
            case CUDA -> cudaBlockBytes(model, kv.blockSize());
        };
    }

    private static long cudaBlockBytes(LoadedModel model, int blockSize) {
        return CudaDevice.kvBlockBytes(model.shape(), blockSize, activations(model.manifest()));
    }

    /**
     * Opens both graphs of a model.
     *
     * @param log takes lines that say what was chosen and why
     * @throws ExecutionFailure when the device or a graph cannot be used; the message says what to do
     * @throws IllegalArgumentException when not even one request would fit
     */
    static OpenDevice open(LoadedModel model, ModelConfig config, Neighbours neighbours, Consumer<String> log) {
        return switch (config.device().kind()) {
            case CPU -> cpu(model, config, neighbours, log);
            case CUDA -> cuda(model, config, neighbours, log);
        };
    }

    private static OpenDevice cpu(LoadedModel model, ModelConfig config, Neighbours neighbours, Consumer<String> log) {
        CpuDevice device = CpuDevice.open(
                model.graphs(Device.CPU), model.shape(), DeviceOptions.choose(model, config, neighbours, log));
        return new OpenDevice(
                device.executor(),
                device.encoder(),
                config.kv().blockBytes(model.shape()),
                config.device(),
                config.threads() + " threads");
    }

    private static OpenDevice cuda(LoadedModel model, ModelConfig config, Neighbours neighbours, Consumer<String> log) {
        CudaGpu gpu = CudaEnvironment.require(config.device().gpu());
        log.accept("device: " + gpu.describe() + ", " + provider(Device.CUDA));
        CudaDevice device = open(model, DeviceOptions.cuda(model.manifest(), config, neighbours));
        KvGeometry geometry = device.executor().geometry();
        long block = cudaBlockBytes(model, geometry.blockSize());
        try {
            DeviceOptions.requireRoom(model, geometry, block);
        } catch (IllegalArgumentException e) {
            device.close();
            throw e;
        }
        log.accept("KV cache: %d blocks of %d tokens on the GPU, %d MB"
                .formatted(geometry.blocks(), geometry.blockSize(), geometry.blocks() * block >> 20));
        return new OpenDevice(device.executor(), device.encoder(), block, config.device(), gpu.describe());
    }

    /** A model on a GPU with so many KV blocks, for measuring. */
    static CudaDevice cuda(LoadedModel model, DeviceChoice choice, int encoderBatch, KvGeometry geometry) {
        CudaEnvironment.require(choice.gpu());
        long bytes = geometry.blocks() * cudaBlockBytes(model, geometry.blockSize());
        return open(
                model,
                new CudaOptions(
                        choice.gpu(),
                        encoderBatch,
                        geometry.blockSize(),
                        new KvSize.Bytes(bytes),
                        activations(model.manifest()),
                        choice.graphs()));
    }

    private static CudaDevice open(LoadedModel model, CudaOptions options) {
        try {
            return CudaDevice.open(model.graphs(Device.CUDA), model.shape(), options);
        } catch (ExecutionFailure e) {
            throw CudaEnvironment.explain(e);
        }
    }

    /** What a GPU can at best do; takes a second. */
    public static Ceilings ceilings(DeviceChoice choice) {
        CudaEnvironment.require(choice.gpu());
        try {
            CudaCeilings measured = CudaCeilings.measure(choice.gpu());
            return new Ceilings(
                    measured.bytesPerSecond(), OptionalDouble.of(measured.flopsPerSecond()), measured.method());
        } catch (ExecutionFailure e) {
            throw CudaEnvironment.explain(e);
        }
    }

    static ActivationType activations(PackageManifest manifest) {
        return manifest.activations() == Precision.BF16 ? ActivationType.BF16 : ActivationType.FP16;
    }
}
