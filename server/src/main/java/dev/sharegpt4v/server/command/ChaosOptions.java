package dev.sharegpt4v.server.command;

import dev.sharegpt4v.server.bench.Target;
import dev.sharegpt4v.server.bench.chaos.Chaos;
import dev.sharegpt4v.server.bench.chaos.ChaosPlan;
import dev.sharegpt4v.server.bench.chaos.ChaosReport;
import dev.sharegpt4v.server.bench.chaos.MutationPlan;
import dev.sharegpt4v.server.bench.chaos.MutationReport;
import dev.sharegpt4v.server.bench.chaos.MutationRun;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a run that looks for leaks instead of speed. */
final class ChaosOptions {

    private static final int CLIENTS = 8;
    private static final double REPEATED = 0.4;
    private static final double TEXT = 0.25;

    @Option(
            names = "--chaos",
            description =
                    "Looks for leaks and wrong answers instead: clients that leave, nonsense, bursts and thousands of"
                            + " pictures, while the server's own metrics are watched. Heeds --concurrency, --repeat-images and"
                            + " --text-share.")
    boolean on;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = OptionReaders.OfDurations.class,
            description = "With --chaos: how long, such as 90s or 10m (10m).")
    Duration duration = Duration.ofMinutes(10);

    @Option(
            names = "--pictures",
            paramLabel = "N",
            description = "With --chaos: different pictures that must be shown (${DEFAULT-VALUE}).")
    int pictures = 5000;

    @Option(
            names = "--burst",
            paramLabel = "N",
            description = "With --chaos: requests that come at once, ten times in all; more than the server admits"
                    + " (${DEFAULT-VALUE}).")
    int burst = 600;

    @Option(
            names = "--mutations",
            paramLabel = "N",
            description =
                    "With --chaos: instead of clients that behave badly, so many requests that went wrong, drawn from"
                            + " --seed, beside a client whose waits are compared (0).")
    long mutations = 0;

    @Nullable
    String problem() {
        if (mutations < 0 || (mutations > 0 && !on)) {
            return "--mutations is not negative, and belongs to --chaos";
        }
        return on && (pictures < 1 || burst < 0) ? "--pictures is positive, --burst is not negative" : null;
    }

    private static int clients(LoadOptions load) {
        return load.concurrency.isEmpty() ? CLIENTS : load.concurrency.getFirst();
    }

    ChaosPlan plan(LoadOptions load, PictureOptions shown, long seed) {
        return new ChaosPlan(
                duration,
                clients(load),
                pictures,
                burst,
                shown.repeated > 0 ? shown.repeated : REPEATED,
                shown.textShare > 0 ? shown.textShare : TEXT,
                seed);
    }

    /** Runs mutations and tells; the exit code. */
    int mutate(Target server, String model, LoadOptions load, long seed, @Nullable Path json, PrintWriter out)
            throws InterruptedException {
        MutationReport found;
        try (Progress progress = Progress.counting("requests")) {
            found = new MutationRun(server, model, new MutationPlan(mutations, clients(load), seed))
                    .run((done, all) -> progress.progressed("mutations", done, all));
        }
        found.print(out);
        if (json != null) {
            OutputFile.write(json, found.json());
        }
        return found.holds() ? 0 : 1;
    }

    /** Runs and tells; the exit code. */
    int run(Target server, String model, ChaosPlan plan, @Nullable Path json, PrintWriter out)
            throws InterruptedException {
        ChaosReport found;
        try (Progress progress = Progress.counting("seconds")) {
            found = new Chaos(server, model, plan).run((done, all) -> progress.progressed("chaos", done, all));
        }
        found.print(out);
        if (json != null) {
            OutputFile.write(json, found.json());
        }
        return found.holds() ? 0 : 1;
    }
}
