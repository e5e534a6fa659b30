package dev.sharegpt4v.server.command;

import dev.sharegpt4v.server.bench.Target;
import dev.sharegpt4v.server.bench.chaos.Chaos;
import dev.sharegpt4v.server.bench.chaos.ChaosPlan;
import dev.sharegpt4v.server.bench.chaos.ChaosReport;
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

    @Nullable
    String problem() {
        return on && (pictures < 1 || burst < 0) ? "--pictures is positive, --burst is not negative" : null;
    }

    ChaosPlan plan(LoadOptions load, PictureOptions shown, long seed) {
        return new ChaosPlan(
                duration,
                load.concurrency.isEmpty() ? CLIENTS : load.concurrency.getFirst(),
                pictures,
                burst,
                shown.repeated > 0 ? shown.repeated : REPEATED,
                shown.textShare > 0 ? shown.textShare : TEXT,
                seed);
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
