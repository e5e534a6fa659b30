package dev.sharegpt4v.server.command;

import dev.sharegpt4v.server.bench.Goodput;
import dev.sharegpt4v.server.bench.Report;
import dev.sharegpt4v.server.bench.Table;
import dev.sharegpt4v.server.bench.page.MeasurementPage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say what is told of a measurement, and where. */
final class ReportOptions {

    @Option(
            names = "--percentiles",
            paramLabel = "P",
            split = ",",
            description = "Percentiles of latencies (${DEFAULT-VALUE}).")
    List<Double> percentiles = List.of(50.0, 90.0, 95.0, 99.0);

    @Option(
            names = "--goodput",
            paramLabel = "LIMIT",
            arity = "1..3",
            description = "Also count the answers within limits in milliseconds: ttft:2000 tpot:200 e2el:10000.")
    List<String> goodput = List.of();

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write figures and settings as JSON, with the names of vllm bench serve.")
    @Nullable
    Path json;

    @Option(names = "--detailed", description = "With --json: list every request.")
    boolean detailed;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write a page with plots.")
    @Nullable
    Path html;

    @Nullable
    String problem() {
        return percentiles.stream().allMatch(percent -> percent >= 0 && percent <= 100)
                ? null
                : "--percentiles are between 0 and 100";
    }

    /**
     * The limits, where some are given.
     *
     * @throws IllegalArgumentException when one cannot be read
     */
    Optional<Goodput> limits() {
        return goodput.isEmpty() ? Optional.empty() : Optional.of(Goodput.parse(goodput));
    }

    void tell(Report report, PrintWriter out) {
        new Table(out).print(report);
        if (json != null) {
            OutputFile.write(json, report.json(detailed));
        }
        if (html != null) {
            OutputFile.write(html, MeasurementPage.of(report));
        }
    }
}
