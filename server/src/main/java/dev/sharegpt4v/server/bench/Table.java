package dev.sharegpt4v.server.bench;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** A report for people at a terminal. */
public final class Table {

    private final PrintWriter out;

    public Table(PrintWriter out) {
        this.out = out;
    }

    public void print(Report report) {
        report.settings().forEach((name, value) -> line("%-18s %s", name.replace('_', ' '), value));
        line("");
        if (report.results().size() == 1) {
            one(report.results().getFirst().figures(), report);
        } else {
            many(report);
        }
        for (Result result : report.results()) {
            failures(result, report.results().size() > 1);
        }
    }

    private void one(Figures figures, Report report) {
        line("%-18s %d of %d", "answered", figures.answered(), figures.requests());
        line("%-18s %.2f s", "duration", figures.seconds());
        line("%-18s %.2f", "requests/s", figures.requestsPerSecond());
        figures.goodPerSecond()
                .ifPresent(rate -> line(
                        "%-18s %.2f (%d answers)",
                        "goodput/s", rate, figures.good().orElseThrow()));
        line("%-18s %.1f", "output tokens/s", figures.outputTokensPerSecond());
        line("%-18s %.1f", "total tokens/s", figures.totalTokensPerSecond());
        line("%-18s %.2f", "images/s", figures.imagesPerSecond());
        line("%-18s %d", "peak concurrency", figures.peaks().concurrent());
        line("%-18s %d", "peak tokens/s", figures.peaks().tokensPerSecond());
        line("");
        line(
                "%-8s %10s %10s %10s%s",
                "ms",
                "mean",
                "std",
                "max",
                report.percentiles().stream()
                        .map(percent -> String.format(Locale.ROOT, " %10s", "p" + PlainNumber.of(percent)))
                        .collect(Collectors.joining()));
        figures.latencies().forEach((latency, found) -> spread(latency.name(), found, report));
        figures.queueing().ifPresent(found -> spread("queued", found, report));
    }

    private static String rate(OptionalDouble rate) {
        return rate.isEmpty() ? "–" : String.format(Locale.ROOT, "%.2f", rate.getAsDouble());
    }

    private void spread(String name, Distribution found, Report report) {
        line(
                "%-8s %10.2f %10.2f %10.2f%s",
                name,
                found.mean(),
                found.std(),
                found.max(),
                report.percentiles().stream()
                        .map(percent -> String.format(Locale.ROOT, " %10.2f", found.percentile(percent)))
                        .collect(Collectors.joining()));
    }

    private void many(Report report) {
        line(
                "%-18s %9s %9s %9s %9s %9s %9s %9s %9s %9s %9s %9s",
                "",
                "answered",
                "req/s",
                "good/s",
                "out tok/s",
                "TTFT p50",
                "TTFT p99",
                "TPOT p50",
                "ITL p50",
                "ITL p99",
                "ITL max",
                "E2E p50");
        for (Result result : report.results()) {
            Figures figures = result.figures();
            line(
                    "%-18s %9s %9.2f %9s %9.1f %9.1f %9.1f %9.2f %9.2f %9.2f %9.2f %9.1f",
                    result.run().load().label(),
                    figures.answered() + "/" + figures.requests(),
                    figures.requestsPerSecond(),
                    rate(figures.goodPerSecond()),
                    figures.outputTokensPerSecond(),
                    figures.of(Latency.TTFT, Distribution::median),
                    figures.of(Latency.TTFT, found -> found.percentile(99)),
                    figures.of(Latency.TPOT, Distribution::median),
                    figures.of(Latency.ITL, Distribution::median),
                    figures.of(Latency.ITL, found -> found.percentile(99)),
                    figures.of(Latency.ITL, Distribution::max),
                    figures.of(Latency.E2E, Distribution::median));
        }
    }

    private void failures(Result result, boolean named) {
        Figures figures = result.figures();
        String where = named ? " at " + result.run().load().label() : "";
        if (!figures.tokensCounted()) {
            line("%nthe server does not count tokens%s: chunks with text were counted", where);
        }
        figures.failures()
                .forEach((kind, failures) ->
                        line("%nfailed, %s%s: %d (%s)", kind, where, failures.count(), failures.example()));
    }

    @FormatMethod
    private void line(@FormatString String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
