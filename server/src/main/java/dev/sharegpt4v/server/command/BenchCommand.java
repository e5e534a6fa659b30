package dev.sharegpt4v.server.command;

import dev.sharegpt4v.server.Application;
import dev.sharegpt4v.server.bench.Attempt;
import dev.sharegpt4v.server.bench.ChatClient;
import dev.sharegpt4v.server.bench.Figures;
import dev.sharegpt4v.server.bench.Goodput;
import dev.sharegpt4v.server.bench.Load;
import dev.sharegpt4v.server.bench.Outcome;
import dev.sharegpt4v.server.bench.Question;
import dev.sharegpt4v.server.bench.Report;
import dev.sharegpt4v.server.bench.RequestForm;
import dev.sharegpt4v.server.bench.Result;
import dev.sharegpt4v.server.bench.Run;
import dev.sharegpt4v.server.bench.Target;
import dev.sharegpt4v.server.bench.Workload;
import dev.sharegpt4v.server.bench.mix.Mix;
import dev.sharegpt4v.server.http.HttpLimits;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
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
        subcommands = {EngineBenchCommand.class, EncoderBenchCommand.class, ParityCommand.class, GpuToolsCommand.class},
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @ArgGroup(validate = false, heading = "%nWhich server, and how it is asked:%n")
    TargetOptions target = new TargetOptions();

    @ArgGroup(validate = false, heading = "%nWhen requests are sent:%n")
    LoadOptions load = new LoadOptions();

    @ArgGroup(validate = false, heading = "%nWhat they ask:%n")
    PromptOptions prompts = new PromptOptions();

    @ArgGroup(validate = false, heading = "%nWhich pictures they ask about:%n")
    PictureOptions pictures = new PictureOptions();

    @ArgGroup(validate = false, heading = "%nLeaks instead of speed:%n")
    ChaosOptions chaos = new ChaosOptions();

    @ArgGroup(validate = false, heading = "%nWhat is told:%n")
    ReportOptions report = new ReportOptions();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Equal seeds give equal requests at equal times (${DEFAULT-VALUE}).")
    long seed = 1;

    @Mixin
    ModelOptions model = new ModelOptions();

    @Override
    public Integer call() throws InterruptedException {
        check();
        String url = target.url;
        if (url != null) {
            return measure(
                    target(url),
                    model.asked().stream().findFirst().map(NamedFolder::folder).map(BenchCommand::asName),
                    Optional.empty());
        }
        // Bursts are to meet the usual limit.
        int places = chaos.on
                ? HttpLimits.DEFAULT.maxConcurrent()
                : Math.max(load.places(), HttpLimits.DEFAULT.maxConcurrent());
        try (Application application = Application.start(model.server("127.0.0.1", 0, limits(places), Duration.ZERO))) {
            return measure(
                    target("http://127.0.0.1:" + application.port()),
                    Optional.of(application.modelName()),
                    Optional.of(model.packageFolder()));
        }
    }

    private int measure(Target server, Optional<String> name, Optional<Path> served) throws InterruptedException {
        Optional<Goodput> limits = checked(report::limits);
        try (ChatClient client = new ChatClient(server, target.api)) {
            String asked = name.isPresent() ? name.get() : client.firstModel();
            if (chaos.mutations > 0) {
                return chaos.mutate(
                        server,
                        asked,
                        load,
                        seed,
                        report.json,
                        spec.commandLine().getOut());
            }
            if (chaos.on) {
                return chaos.run(
                        server,
                        asked,
                        chaos.plan(load, pictures, seed),
                        report.json,
                        spec.commandLine().getOut());
            }
            RequestForm form = checked(() -> target.form(asked));
            List<Load> loads = load.loads(seed);
            List<List<Question>> questions = prompts.with(
                    served,
                    words -> questions(
                            new Mix(words, prompts.answers(), pictures.mix(), pictures.source(seed)), loads.size()));
            warmUp(new Workload(form, questions.getLast(), load.warmUpLoad()), client);
            List<Result> results = new ArrayList<>();
            for (int i = 0; i < loads.size(); i++) {
                Run run = measure(new Workload(form, questions.get(i), loads.get(i)), client);
                results.add(new Result(run, Figures.of(run, limits)));
            }
            report.tell(
                    new Report(settings(server, asked, limits), results, report.percentiles),
                    spec.commandLine().getOut());
            return results.stream().allMatch(result -> result.figures().answered() == 0) ? 1 : 0;
        }
    }

    /** Questions of each run, and of the warm-up last; made before anything is timed. */
    private List<List<Question>> questions(Mix mix, int runs) {
        List<List<Question>> questions = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            questions.add(mix.questions(load.requests, seed, i));
        }
        questions.add(mix.questions(load.warmUp, seed, runs));
        return questions;
    }

    private Run measure(Workload workload, ChatClient client) throws InterruptedException {
        try (Progress progress = Progress.counting("requests")) {
            return workload.measure(client, ended -> {
                synchronized (progress) {
                    progress.progressed(workload.load().label(), ended, load.requests);
                }
            });
        }
    }

    /** Failures here are only told: the measurement shows whether they were more than a bad start. */
    private void warmUp(Workload workload, ChatClient client) throws InterruptedException {
        for (Attempt attempt : workload.measure(client, _ -> {}).attempts()) {
            if (attempt.outcome() instanceof Outcome.Failed failed) {
                spec.commandLine().getErr().println("warm-up failed, " + failed.kind() + ": " + failed.message());
                return;
            }
        }
    }

    private Map<String, Object> settings(Target server, String asked, Optional<Goodput> limits) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("url", server.base().toString());
        settings.put("model", asked);
        settings.put(
                "load",
                String.join(", ", load.loads(seed).stream().map(Load::label).toList()));
        if (!load.rates.isEmpty()) {
            settings.put("burstiness", load.burstiness);
            settings.put("max_concurrency", load.maxConcurrency == null ? "none" : load.maxConcurrency);
        }
        settings.put("warm_up", load.warmUp);
        settings.put("prompts", prompts.describe());
        settings.put("max_tokens", prompts.answers().toString());
        settings.put("ignore_eos", !target.mayEnd);
        settings.put("image", pictures.describe());
        if (target.extraBody != null) {
            settings.put("extra_body", target.extraBody);
        }
        limits.ifPresent(given -> settings.put("goodput", given.toString()));
        settings.put("seed", seed);
        return settings;
    }

    private Target target(String address) {
        return checked(() -> target.target(address));
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
        Stream.of(
                        load.problem(),
                        prompts.problem(),
                        pictures.problem(),
                        target.problem(),
                        report.problem(),
                        chaos.problem())
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(problem -> {
                    throw usage(problem);
                });
    }

    /** What an option's text is read as. */
    private <T> T checked(Supplier<T> read) {
        try {
            return read.get();
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private ParameterException usage(@Nullable String message) {
        return new ParameterException(spec.commandLine(), String.valueOf(message));
    }
}
