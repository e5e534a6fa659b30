package dev.sharegpt4v.server.command;

import dev.sharegpt4v.server.Application;
import dev.sharegpt4v.server.bench.ChatClient;
import dev.sharegpt4v.server.bench.ClosedLoop;
import dev.sharegpt4v.server.bench.Figures;
import dev.sharegpt4v.server.bench.Outcome;
import dev.sharegpt4v.server.bench.Question;
import dev.sharegpt4v.server.bench.Report;
import dev.sharegpt4v.server.bench.Target;
import dev.sharegpt4v.server.bench.Workload;
import dev.sharegpt4v.server.http.HttpLimits;
import dev.sharegpt4v.server.openai.CaptionRequest;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench}: latency and throughput of a server, or of a model in a server of this process. */
@Command(
        name = "bench",
        description = {
            "Measures latency and throughput over HTTP.",
            "With --url, of any server with OpenAI's API; --model is then the name it knows the model by.",
            "Without, of a server that is started for it with the options of serve."
        },
        subcommands = EngineBenchCommand.class,
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Mixin
    ModelOptions model = new ModelOptions();

    @Mixin
    PictureOptions pictures = new PictureOptions();

    @Option(names = "--url", paramLabel = "URL", description = "Server to measure, such as http://localhost:8080.")
    @Nullable
    String url;

    @Option(names = "--api-key", paramLabel = "KEY", description = "Sent as a bearer token.")
    @Nullable
    String apiKey;

    @Option(names = "--requests", paramLabel = "N", description = "Requests that are measured (${DEFAULT-VALUE}).")
    int requests = 32;

    @Option(names = "--concurrency", paramLabel = "N", description = "Requests at the same time (${DEFAULT-VALUE}).")
    int concurrency = 4;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Requests before the measured ones (${DEFAULT-VALUE}).")
    int warmUp = 2;

    @Option(names = "--max-tokens", paramLabel = "N", description = "Tokens of an answer (${DEFAULT-VALUE}).")
    int maxTokens = 128;

    @Option(
            names = "--no-ignore-eos",
            description = "Answers may end by themselves: for servers that refuse the field ignore_eos.")
    boolean mayEnd;

    @Option(names = "--prompt", paramLabel = "TEXT", description = "What to ask.")
    String prompt = CaptionRequest.DETAILED;

    @Option(names = "--seed", paramLabel = "N", description = "Of the synthetic pictures (${DEFAULT-VALUE}).")
    long seed = 1;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Of one request (${DEFAULT-VALUE}).")
    int timeoutSeconds = 600;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write all figures and settings as JSON.")
    @Nullable
    Path json;

    @Override
    public Integer call() throws InterruptedException {
        check();
        if (url != null) {
            return measure(target(url), Optional.ofNullable(model.model).map(BenchCommand::asName));
        }
        int places = Math.max(concurrency, HttpLimits.DEFAULT.maxConcurrent());
        try (Application application = Application.start(model.server("127.0.0.1", 0, limits(places), Duration.ZERO))) {
            return measure(target("http://127.0.0.1:" + application.port()), Optional.of(application.modelName()));
        }
    }

    private int measure(Target target, Optional<String> name) throws InterruptedException {
        try (ChatClient client = new ChatClient(target);
                Progress progress = Progress.counting("requests")) {
            String asked = name.isPresent() ? name.get() : client.firstModel();
            Workload workload = new Workload(
                    new Question(asked, prompt, maxTokens, !mayEnd),
                    pictures.pictures(requests + warmUp, seed),
                    requests,
                    new ClosedLoop(concurrency));
            warmUp(workload, client);
            Figures figures = workload.measure(client, ended -> {
                synchronized (progress) {
                    progress.progressed("measuring", ended, requests);
                }
            });
            Report report = new Report(settings(target, asked), figures);
            report.print(spec.commandLine().getOut());
            if (json != null) {
                JsonFile.write(json, report.json());
            }
            return figures.answered() == 0 ? 1 : 0;
        }
    }

    /** Failures here are only told: the measurement shows whether they were more than a bad start. */
    private void warmUp(Workload workload, ChatClient client) throws InterruptedException {
        List<Outcome> outcomes = workload.warmUp(client, warmUp);
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Failed(String kind, String message)) {
                spec.commandLine().getErr().println("warm-up failed, " + kind + ": " + message);
                return;
            }
        }
    }

    private Map<String, Object> settings(Target target, String asked) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("url", target.base().toString());
        settings.put("model", asked);
        settings.put("concurrency", concurrency);
        settings.put("warm_up", warmUp);
        settings.put("max_tokens", maxTokens);
        settings.put("ignore_eos", !mayEnd);
        settings.put("image", pictures.describe());
        settings.put("prompt", prompt);
        settings.put("seed", seed);
        return settings;
    }

    private Target target(String address) {
        try {
            return Target.of(address, Optional.ofNullable(apiKey), Duration.ofSeconds(timeoutSeconds));
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private static HttpLimits limits(int places) {
        HttpLimits standard = HttpLimits.DEFAULT;
        return new HttpLimits(
                standard.maxBodyBytes(),
                standard.maxImages(),
                places,
                Runtime.getRuntime().availableProcessors(),
                standard.image(),
                standard.pingInterval());
    }

    /** The option is a folder elsewhere, and a name with slashes here. */
    private static String asName(Path path) {
        return path.toString().replace(File.separatorChar, '/');
    }

    private void check() {
        if (requests < 1 || concurrency < 1 || maxTokens < 1 || timeoutSeconds < 1 || warmUp < 0) {
            throw usage(
                    "--requests, --concurrency, --max-tokens and --timeout are positive, --warm-up is not negative");
        }
        String problem = pictures.problem();
        if (problem != null) {
            throw usage(problem);
        }
    }

    private ParameterException usage(@Nullable String message) {
        return new ParameterException(spec.commandLine(), String.valueOf(message));
    }
}
