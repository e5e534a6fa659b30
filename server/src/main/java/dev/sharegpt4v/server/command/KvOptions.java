package dev.sharegpt4v.server.command;

import dev.sharegpt4v.runtime.execution.KvFormat;
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

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(
            names = "--kv-cache-mb",
            paramLabel = "MB",
            description = "Memory for keys and values. When neither this nor --kv-cache-share is given: all that a"
                    + " container's limit leaves, or an eighth of a machine's memory; 16 contexts at most.")
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
            description = "How keys and values are stored: fp32, fp16 or int8 (fp16).")
    KvFormat format = KvFormat.FP16;

    @Option(names = "--kv-block-size", paramLabel = "TOKENS", description = "Tokens per KV block (${DEFAULT-VALUE}).")
    int blockSize = 64;

    KvBudget budget() {
        Ranges.require(spec, "--kv-block-size", blockSize, 16, 1 << 16);
        if (Integer.bitCount(blockSize) != 1) {
            throw usage("--kv-block-size must be a power of two, not " + blockSize);
        }
        return new KvBudget(blockSize, format, size());
    }

    private KvBudget.Size size() {
        if (megabytes != null && share != null) {
            throw usage("give --kv-cache-mb or --kv-cache-share, not both");
        }
        if (megabytes != null) {
            Ranges.require(spec, "--kv-cache-mb", megabytes, 1, 1L << 30);
            return new KvBudget.Bytes(megabytes << 20);
        }
        if (share != null) {
            if (!(share > 0 && share <= 1)) {
                throw usage("--kv-cache-share must be more than 0 and at most 1, not " + share);
            }
            return new KvBudget.Share(share);
        }
        return new KvBudget.Automatic();
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
