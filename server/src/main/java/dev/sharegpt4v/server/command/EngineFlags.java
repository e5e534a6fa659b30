package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.runtime.engine.EngineOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of the engine: how much it takes on at once, what it keeps, how far it guesses ahead. */
final class EngineFlags {

    private static final int STEP_TOKENS = 128;
    private static final int RUNNING = 32;
    private static final int DRAFTS = 4;

    /** Chosen by what is known of the hardware, not measured yet: docs/gpu.md. */
    private static final int GPU_STEP_TOKENS = 2048;

    private static final int GPU_RUNNING = 128;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(
            names = "--max-running",
            paramLabel = "N",
            description = "Requests that share a step at most (32; 128 on a GPU).")
    @Nullable
    Integer maxRunning;

    @Option(names = "--max-queued", paramLabel = "N", description = "Requests that wait at most (${DEFAULT-VALUE}).")
    int maxQueued = 256;

    @Option(
            names = "--max-step-tokens",
            paramLabel = "N",
            description =
                    "Tokens of one step at most; 128 (2048 on a GPU), or --max-running where that is more, when left"
                            + " out.")
    @Nullable
    Integer maxStepTokens;

    @Option(
            names = "--max-stretch",
            paramLabel = "TIMES",
            description =
                    "How many times as long as a step of running streams alone a step may take when prompts join it"
                            + " (${DEFAULT-VALUE}); 0 for no limit but --max-step-tokens.")
    double maxStretch = 2.5;

    @Option(
            names = "--draft-tokens",
            paramLabel = "N",
            description =
                    "Tokens guessed ahead of a stream at most (4; 0 on a GPU, whose captured steps have one token a"
                            + " stream); 0 switches speculative decoding off. Text is the same with and without.")
    @Nullable
    Integer draftTokens;

    @Option(
            names = "--prefix-cache",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "Keeps keys and values for requests that begin alike (on; --no-prefix-cache switches it off).")
    boolean prefixCache;

    @Option(
            names = "--encoder-cache-mb",
            paramLabel = "MB",
            description = "Memory for features of pictures, kept or prepared ahead (${DEFAULT-VALUE}).")
    long encoderCacheMegabytes = 256;

    @Option(
            names = "--prepared-images-mb",
            paramLabel = "MB",
            description =
                    "Memory for prepared pictures of requests that run or wait, 1.3 MB each at 336 pixels; a quarter"
                            + " of the heap when left out.")
    @Nullable
    Long preparedImagesMegabytes;

    /** A running stream waits for one step; on the CPU prefill gains nothing from larger ones. See docs/performance.md. */
    int stepTokens(Device kind) {
        int usual = kind == Device.CUDA ? GPU_STEP_TOKENS : STEP_TOKENS;
        return maxStepTokens == null ? Math.max(usual, running(kind)) : maxStepTokens;
    }

    private int running(Device kind) {
        if (maxRunning != null) {
            return maxRunning;
        }
        return kind == Device.CUDA ? GPU_RUNNING : RUNNING;
    }

    private int drafts(Device kind) {
        if (draftTokens != null) {
            return draftTokens;
        }
        return kind == Device.CUDA ? 0 : DRAFTS;
    }

    EngineOptions options(Device kind) {
        return options(kind, 1);
    }

    /** Options of one of so many models in a process, which share the heap. */
    EngineOptions options(Device kind, int sharers) {
        int running = running(kind);
        Ranges.require(spec, "--max-running", running, 1, 1 << 16);
        Ranges.require(spec, "--max-queued", maxQueued, 1, 1 << 24);
        Ranges.require(spec, "--max-step-tokens", stepTokens(kind), running, 1 << 20);
        Ranges.require(spec, "--draft-tokens", drafts(kind), 0, 64);
        Ranges.require(spec, "--encoder-cache-mb", encoderCacheMegabytes, 0, 1L << 30);
        if (preparedImagesMegabytes != null) {
            Ranges.require(spec, "--prepared-images-mb", preparedImagesMegabytes, 1, 1L << 30);
        }
        if (maxStretch != 0 && !(maxStretch > 1 && maxStretch <= 1e6)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--max-stretch must be 0, or more than 1 and at most 1000000, not " + maxStretch);
        }
        long images = preparedImagesMegabytes == null
                ? EngineOptions.defaultImageBytes() / sharers
                : preparedImagesMegabytes << 20;
        return new EngineOptions(
                running,
                maxQueued,
                stepTokens(kind),
                maxStretch,
                drafts(kind),
                prefixCache,
                encoderCacheMegabytes << 20,
                images);
    }
}
