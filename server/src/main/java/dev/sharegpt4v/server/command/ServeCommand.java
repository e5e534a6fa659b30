package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.image.ImageLimits;
import dev.sharegpt4v.server.Application;
import dev.sharegpt4v.server.DataConfig;
import dev.sharegpt4v.server.ModelRules;
import dev.sharegpt4v.server.SecurityConfig;
import dev.sharegpt4v.server.ServerConfig;
import dev.sharegpt4v.server.access.ChangedFiles;
import dev.sharegpt4v.server.http.AdmissionLimits;
import dev.sharegpt4v.server.http.Deadlines;
import dev.sharegpt4v.server.http.HttpLimits;
import dev.sharegpt4v.server.http.TemplateRules;
import dev.sharegpt4v.server.logging.LogFormat;
import dev.sharegpt4v.server.logging.Logging;
import dev.sharegpt4v.server.tracing.Tracing;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code serve}: the HTTP server. */
@Command(name = "serve", description = "Serves one or several models over HTTP.", mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {

    private static final Duration LOOK = Duration.ofSeconds(2);

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Mixin
    ModelOptions model = new ModelOptions();

    @Mixin
    ModelFlags lifecycle = new ModelFlags();

    @Mixin
    DataFlags data = new DataFlags();

    @Mixin
    TemplateFlags templates = new TemplateFlags();

    @Mixin
    TracingFlags tracing = new TracingFlags();

    @Mixin
    SecurityFlags security = new SecurityFlags();

    @Option(names = "--host", description = "Address to listen on (${DEFAULT-VALUE}).")
    String host = "127.0.0.1";

    @Option(names = "--port", description = "Port to listen on; 0 picks a free one (${DEFAULT-VALUE}).")
    int port = 8080;

    @Option(names = "--max-images", description = "Images in one request at most (${DEFAULT-VALUE}).")
    int maxImages = HttpLimits.DEFAULT.maxImages();

    @Option(names = "--max-body-mb", description = "Size of a request's body at most (${DEFAULT-VALUE}).")
    int maxBodyMegabytes = (int) (HttpLimits.DEFAULT.maxBodyBytes() >> 20);

    @Option(names = "--max-image-pixels", description = "Pixels of an image at most (${DEFAULT-VALUE}).")
    long maxImagePixels = ImageLimits.DEFAULT.maxPixels();

    @Option(
            names = "--image-threads",
            description = "Images that are decoded at one time; each keeps a processor from the engine for some"
                    + " hundredths of a second (all processors).")
    int imageThreads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--max-concurrent", description = "Requests under way at most (${DEFAULT-VALUE}).")
    int maxConcurrent = HttpLimits.DEFAULT.maxConcurrent();

    @Option(
            names = "--max-admitted-tokens",
            description = "Tokens of prompts and of completions at their most, of all requests under way, at most"
                    + " (${DEFAULT-VALUE}).")
    long maxAdmittedTokens = AdmissionLimits.DEFAULT.tokens();

    @Option(
            names = "--max-admitted-pixels",
            description = "Pixels of pictures that are decoded or wait for it, at most (${DEFAULT-VALUE}).")
    long maxAdmittedPixels = AdmissionLimits.DEFAULT.pixels();

    @Option(names = "--ping-seconds", description = "Silence after which a stream sends a comment (${DEFAULT-VALUE}).")
    int pingSeconds = (int) HttpLimits.DEFAULT.pingInterval().toSeconds();

    @Option(
            names = "--write-timeout",
            description = "Seconds a client may leave what was sent unread before it is cut off (${DEFAULT-VALUE}).")
    int writeTimeout = (int) HttpLimits.DEFAULT.writeTimeout().toSeconds();

    @Option(
            names = "--queue-timeout",
            description = "Seconds a request may wait for its first step before it is refused with 503; 0 is no limit"
                    + " (${DEFAULT-VALUE}).")
    int queueTimeout = 0;

    @Option(
            names = "--request-timeout",
            description = "Seconds a request may take in all; what was said by then is its answer; 0 is no limit"
                    + " (${DEFAULT-VALUE}).")
    int requestTimeout = 0;

    @Option(
            names = "--drain-seconds",
            description = "Time for running requests when the server stops (${DEFAULT-VALUE}).")
    int drainSeconds = 30;

    @Option(
            names = "--vllm-metrics",
            description = "Tells metrics under vLLM's names, too, for what reads those: vllm:num_requests_running ...")
    boolean vllmMetrics;

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            converter = LogFormats.class,
            description = "Lines of the log: text, or json, an object per line (text).")
    LogFormat logFormat = LogFormat.TEXT;

    /** Limits of requests; refuses what none can be. */
    HttpLimits limits() {
        model.require("--max-images", maxImages, 0, 1 << 20);
        model.require("--max-body-mb", maxBodyMegabytes, 1, 1 << 10);
        model.require("--max-image-pixels", maxImagePixels, 1, 1L << 30);
        model.require("--image-threads", imageThreads, 1, 1 << 10);
        model.require("--max-concurrent", maxConcurrent, 1, 1 << 20);
        model.require("--max-admitted-tokens", maxAdmittedTokens, 1, 1L << 40);
        model.require("--max-admitted-pixels", maxAdmittedPixels, 1, 1L << 40);
        model.require("--ping-seconds", pingSeconds, 1, 1 << 20);
        model.require("--write-timeout", writeTimeout, 1, 1 << 20);
        model.require("--queue-timeout", queueTimeout, 0, 1 << 20);
        model.require("--request-timeout", requestTimeout, 0, 1 << 20);
        ImageLimits image =
                new ImageLimits(ImageLimits.DEFAULT.maxBytes(), maxImagePixels, ImageLimits.DEFAULT.maxSide());
        return new HttpLimits(
                (long) maxBodyMegabytes << 20,
                maxImages,
                maxConcurrent,
                imageThreads,
                image,
                Duration.ofSeconds(pingSeconds),
                Duration.ofSeconds(writeTimeout),
                new Deadlines(limit(queueTimeout), limit(requestTimeout)),
                new AdmissionLimits(maxAdmittedTokens, maxAdmittedPixels));
    }

    @Override
    public Integer call() throws InterruptedException {
        Logging.configure(logFormat);
        model.require("--port", port, 0, 65_535);
        model.require("--drain-seconds", drainSeconds, 0, 1 << 20);
        HttpLimits limits = limits();
        // Before the package is looked for, so that what is misspelt is told in any case.
        ModelRules rules = lifecycle.rules(model.asked());
        Optional<DataConfig> files = data.config();
        SecurityConfig protection = security.config();
        TemplateRules prompts = templates.rules();
        Tracing traces = tracing.start();
        ServerConfig config = model.serverOfAll(host, port, limits, Duration.ofSeconds(drainSeconds))
                .with(rules)
                .with(files)
                .with(protection)
                .with(prompts)
                .withVllmMetrics(vllmMetrics);
        try (Application application = Application.start(config, traces);
                ChangedFiles _ = watch(application);
                Shutdown _ = Shutdown.onSignal(application)) {
            spec.commandLine()
                    .getOut()
                    .printf(
                            "ready %s://%s:%d model=%s device=%s provider=%s%n",
                            application.scheme(),
                            host.contains(":") ? "[" + host + "]" : host,
                            application.port(),
                            String.join(",", application.modelNames()),
                            application.device().name(),
                            application.device().provider());
            application.join();
        }
        return 0;
    }

    /** Limits in the config file hold as it says now. */
    private ChangedFiles watch(Application application) {
        ChangedFiles files = new ChangedFiles();
        String[] args =
                spec.root().commandLine().getParseResult().originalArgs().toArray(String[]::new);
        ReloadedLimits reloaded = new ReloadedLimits(this, args, System.getenv());
        reloaded.file().ifPresent(file -> files.watch(List.of(file), () -> application.limit(reloaded.read())));
        files.start(LOOK);
        return files;
    }

    private static Optional<Duration> limit(int seconds) {
        return seconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
    }
}
