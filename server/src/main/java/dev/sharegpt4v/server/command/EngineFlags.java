package dev.sharegpt4v.server.command;

import dev.sharegpt4v.runtime.engine.EngineOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of the engine: how much it takes on at once, what it keeps, how far it guesses ahead. */
final class EngineFlags {

    private static final int STEP_TOKENS = 128;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(
            names = "--max-running",
            paramLabel = "N",
            description = "Requests that share a step at most (${DEFAULT-VALUE}).")
    int maxRunning = 32;

    @Option(names = "--max-queued", paramLabel = "N", description = "Requests that wait at most (${DEFAULT-VALUE}).")
    int maxQueued = 256;

    @Option(
            names = "--max-step-tokens",
            paramLabel = "N",
            description = "Tokens of one step at most; 128, or --max-running where that is more, when left out.")
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
            description = "Tokens guessed ahead of a stream at most (${DEFAULT-VALUE}); 0 switches speculative decoding"
                    + " off. Text is the same with and without.")
    int draftTokens = 4;

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

    /** A running stream waits for one step; prefill gains nothing from larger ones. See docs/performance.md. */
    int stepTokens() {
        return maxStepTokens == null ? Math.max(STEP_TOKENS, maxRunning) : maxStepTokens;
    }

    EngineOptions options() {
        Ranges.require(spec, "--max-running", maxRunning, 1, 1 << 16);
        Ranges.require(spec, "--max-queued", maxQueued, 1, 1 << 24);
        Ranges.require(spec, "--max-step-tokens", stepTokens(), maxRunning, 1 << 20);
        Ranges.require(spec, "--draft-tokens", draftTokens, 0, 64);
        Ranges.require(spec, "--encoder-cache-mb", encoderCacheMegabytes, 0, 1L << 30);
        if (preparedImagesMegabytes != null) {
            Ranges.require(spec, "--prepared-images-mb", preparedImagesMegabytes, 1, 1L << 30);
        }
        if (maxStretch != 0 && !(maxStretch > 1 && maxStretch <= 1e6)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--max-stretch must be 0, or more than 1 and at most 1000000, not " + maxStretch);
        }
        long images =
                preparedImagesMegabytes == null ? EngineOptions.defaultImageBytes() : preparedImagesMegabytes << 20;
        return new EngineOptions(
                maxRunning,
                maxQueued,
                stepTokens(),
                maxStretch,
                draftTokens,
                prefixCache,
                encoderCacheMegabytes << 20,
                images);
    }
}
