package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.server.KvBudget;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Options of the KV cache. */
final class KvOptions {

    private static final int CPU_BLOCK = 64;
    private static final int GPU_BLOCK = 128;
    private static final int SMALL_HEAD = 64;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(
            names = "--kv-cache-mb",
            paramLabel = "MB",
            description =
                    "Memory for keys and values. When neither this nor a share is given: all that a container's limit"
                            + " leaves, or an eighth of a machine's memory, 16 contexts at most; on a GPU --gpu-memory-share 0.9.")
    @Nullable
    Long megabytes;

    @Option(
            names = "--kv-cache-share",
            paramLabel = "SHARE",
            description =
                    "Memory for keys and values as a share of what weights, activations, caches and the JVM leave;"
                            + " more than 0 and at most 1.")
    @Nullable
    Double share;

    @Option(
            names = "--kv-cache-dtype",
            paramLabel = "TYPE",
            converter = Format.class,
            description =
                    "How keys and values are stored: fp32, fp16 or int8 (fp16). On a GPU they have the type of the"
                            + " package's activations.")
    @Nullable
    KvFormat format;

    @Option(
            names = "--gpu-memory-share",
            paramLabel = "SHARE",
            description =
                    "With cuda: memory for keys and values as a share of the GPU's memory that is free when the weights"
                            + " are loaded, more than 0 and less than 1 (0.9); the rest is for what a step computes.")
    @Nullable
    Double gpuShare;

    @Option(
            names = "--kv-block-size",
            paramLabel = "TOKENS",
            description = "Tokens per KV block: 64 on the CPU; on a GPU 128, and 256 for heads of 64 channels or less.")
    @Nullable
    Integer blockSize;

    /** Refuses what is wrong on any device. */
    void check() {
        if (blockSize != null) {
            Ranges.require(spec, "--kv-block-size", blockSize, 16, 1 << 16);
            if (Integer.bitCount(blockSize) != 1) {
                throw usage("--kv-block-size must be a power of two, not " + blockSize);
            }
        }
        if (megabytes != null && (share != null || gpuShare != null) || share != null && gpuShare != null) {
            throw usage("give one of --kv-cache-mb, --kv-cache-share and --gpu-memory-share");
        }
        if (megabytes != null) {
            Ranges.require(spec, "--kv-cache-mb", megabytes, 1, 1L << 30);
        }
        if (share != null && !(share > 0 && share <= 1)) {
            throw usage("--kv-cache-share must be more than 0 and at most 1, not " + share);
        }
        if (gpuShare != null && !(gpuShare > 0 && gpuShare < 1)) {
            throw usage("--gpu-memory-share must be more than 0 and less than 1, not " + gpuShare);
        }
    }

    /** The KV cache of a model of this shape on this device. */
    KvBudget budget(Device kind, ModelShape shape) {
        return kind == Device.CUDA ? ofGpu(shape) : ofCpu();
    }

    private KvBudget ofCpu() {
        if (gpuShare != null) {
            throw usage("--gpu-memory-share is for --device cuda; on the CPU it is --kv-cache-share");
        }
        return new KvBudget(
                blockSize == null ? CPU_BLOCK : blockSize, format == null ? KvFormat.FP16 : format, size(share));
    }

    /** Flash attention's tiles may not cross a block: 128 tokens, and 256 where heads are small. See docs/gpu.md. */
    private KvBudget ofGpu(ModelShape shape) {
        if (format != null) {
            throw usage("--kv-cache-dtype is for the CPU; on a GPU keys and values have the type of the activations");
        }
        if (share != null) {
            throw usage("--kv-cache-share is for the CPU; on a GPU it is --gpu-memory-share");
        }
        int least = shape.headSize() <= SMALL_HEAD ? 2 * GPU_BLOCK : GPU_BLOCK;
        if (blockSize != null && (blockSize < least || blockSize > 2 * GPU_BLOCK)) {
            throw usage("on a GPU --kv-block-size is " + (least == GPU_BLOCK ? "128 or 256" : "256") + " for heads of "
                    + shape.headSize() + " channels, not " + blockSize);
        }
        return new KvBudget(blockSize == null ? least : blockSize, KvFormat.FP16, size(gpuShare));
    }

    private KvBudget.Size size(@Nullable Double asked) {
        if (megabytes != null) {
            return new KvBudget.Bytes(megabytes << 20);
        }
        return asked == null ? new KvBudget.Automatic() : new KvBudget.Share(asked);
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** Picocli makes it by reflection. */
    static final class Format implements ITypeConverter<KvFormat> {
        @Override
        public KvFormat convert(String text) {
            try {
                return KvFormat.valueOf(text.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + text + "' is none of fp32, fp16 and int8");
            }
        }
    }
}
