package dev.sharegpt4v.server.bench.page;

import dev.sharegpt4v.server.bench.Distribution;
import dev.sharegpt4v.server.bench.Figures;
import dev.sharegpt4v.server.bench.Latency;
import dev.sharegpt4v.server.bench.Report;
import dev.sharegpt4v.server.bench.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** A measurement as a page. */
public final class MeasurementPage {

    private static final Chart.Side SHARE = new Chart.Side("% of values", false);
    private static final int MOST_CURVES = 8;

    private MeasurementPage() {}

    public static String of(Report report) {
        Page page = new Page("bench: "
                + Objects.requireNonNullElse(report.settings().get("model"), "a model") + " at "
                + Objects.requireNonNullElse(report.settings().get("url"), "a server"));
        page.settings(report.settings())
                .table(
                        head(report),
                        report.results().stream().map(MeasurementPage::row).toList())
                .table(
                        latencyHead(),
                        report.results().stream()
                                .map(MeasurementPage::latencyRow)
                                .toList());
        if (report.results().size() > 1) {
            page.heading("Throughput and latency").charts(sweep(report.results()));
        }
        page.heading("How latencies are spread").charts(spreads(report.results()));
        page.heading("How it went");
        report.results().forEach(result -> page.timeline(new Timeline(result.run())));
        return page.toString();
    }

    private static List<String> head(Report report) {
        List<String> head = new ArrayList<>(List.of("load", "answered", "requests/s", "output tokens/s", "images/s"));
        if (report.results().getFirst().figures().good().isPresent()) {
            head.add("goodput/s");
        }
        head.add("failures");
        return head;
    }

    /** A table of their own, so that both fit a screen. */
    private static List<String> latencyHead() {
        List<String> head = new ArrayList<>(List.of("ms"));
        for (Latency latency : Latency.values()) {
            head.add(latency + " p50");
            head.add("p99");
            head.add("max");
        }
        return head;
    }

    private static List<String> latencyRow(Result result) {
        List<String> row = new ArrayList<>(List.of(result.run().load().label()));
        for (Latency latency : Latency.values()) {
            row.add(number(result.figures().of(latency, Distribution::median)));
            row.add(number(result.figures().of(latency, found -> found.percentile(99))));
            row.add(number(result.figures().of(latency, Distribution::max)));
        }
        return row;
    }

    private static List<String> row(Result result) {
        Figures figures = result.figures();
        List<String> row = new ArrayList<>(List.of(
                result.run().load().label(),
                figures.answered() + " of " + figures.requests(),
                number(figures.requestsPerSecond()),
                number(figures.outputTokensPerSecond()),
                number(figures.imagesPerSecond())));
        figures.goodPerSecond().ifPresent(rate -> row.add(number(rate)));
        List<String> failures = new ArrayList<>();
        figures.failures().forEach((kind, some) -> failures.add(kind + ": " + some.count()));
        row.add(String.join(", ", failures));
        return row;
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
    }

    private static List<Chart> sweep(List<Result> results) {
        Chart.Side tokens = new Chart.Side("output tokens/s", false);
        return List.of(
                new Chart(
                        "Time to the first token over throughput",
                        tokens,
                        new Chart.Side("ms", true),
                        List.of(
                                curve("p50", results, Latency.TTFT, Distribution::median),
                                curve("p99", results, Latency.TTFT, found -> found.percentile(99)))),
                new Chart(
                        "Gaps between tokens over throughput",
                        tokens,
                        new Chart.Side("ms", true),
                        List.of(
                                curve("p50", results, Latency.ITL, Distribution::median),
                                curve("p99", results, Latency.ITL, found -> found.percentile(99)),
                                curve("max", results, Latency.ITL, Distribution::max))),
                new Chart(
                        "Throughput over load",
                        new Chart.Side(isRates(results) ? "requests/s that come in" : "clients", false),
                        new Chart.Side("output tokens/s", false),
                        List.of(new Series(
                                "output tokens/s",
                                results.stream()
                                        .mapToDouble(MeasurementPage::load)
                                        .toArray(),
                                throughput(results),
                                labels(results)))));
    }

    private static boolean isRates(List<Result> results) {
        return results.stream()
                .anyMatch(result -> Double.isFinite(result.run().load().rate()));
    }

    private static double load(Result result) {
        double rate = result.run().load().rate();
        return Double.isFinite(rate)
                ? rate
                : result.run().load().maxConcurrency().stream()
                        .mapToDouble(most -> most)
                        .findFirst()
                        .orElse(Double.NaN);
    }

    private static Series curve(
            String name, List<Result> results, Latency latency, ToDoubleFunction<Distribution> value) {
        return new Series(
                name,
                throughput(results),
                results.stream()
                        .mapToDouble(result -> result.figures().of(latency, value))
                        .toArray(),
                labels(results));
    }

    private static double[] throughput(List<Result> results) {
        return results.stream()
                .mapToDouble(result -> result.figures().outputTokensPerSecond())
                .toArray();
    }

    private static List<String> labels(List<Result> results) {
        return results.stream().map(result -> result.run().load().label()).toList();
    }

    private static List<Chart> spreads(List<Result> results) {
        List<Chart> charts = new ArrayList<>();
        for (Latency latency : List.of(Latency.TTFT, Latency.ITL, Latency.TPOT, Latency.E2E)) {
            List<Series> series = new ArrayList<>();
            for (Result result : results.subList(0, Math.min(MOST_CURVES, results.size()))) {
                Distribution found = result.figures().latencies().get(latency);
                if (found != null) {
                    series.add(Spread.of(result.run().load().label(), found));
                }
            }
            if (!series.isEmpty()) {
                charts.add(new Chart(latency + " in ms", new Chart.Side("ms", true), SHARE, series));
            }
        }
        return charts;
    }
}
