package dev.sharegpt4v.server.telemetry;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One of our families under a name of vLLM's. */
sealed interface VllmAlias {

    /** Our name, without prefix and without the suffix of counters. */
    String own();

    /** Adds the alias' lines. */
    void write(VllmText text, MetricSnapshot snapshot);

    /** A gauge; {@code labels} are those it has besides model and engine. */
    record Level(String own, String name, String labels) implements VllmAlias {

        @Override
        public void write(VllmText text, MetricSnapshot snapshot) {
            if (snapshot instanceof GaugeSnapshot gauge) {
                text.family(name, "gauge", help(snapshot));
                gauge.getDataPoints().forEach(point -> text.sample(name, point.getLabels(), labels, point.getValue()));
            }
        }
    }

    /** A counter without labels of its own. */
    record Count(String own, String name) implements VllmAlias {

        @Override
        public void write(VllmText text, MetricSnapshot snapshot) {
            if (snapshot instanceof CounterSnapshot counter) {
                text.family(name, "counter", help(snapshot));
                byModel(counter)
                        .forEach((model, points) -> text.sample(
                                name + "_total",
                                model,
                                "",
                                points.stream()
                                        .mapToDouble(CounterDataPointSnapshot::getValue)
                                        .sum()));
            }
        }
    }

    /** Our outcomes as vLLM's reasons. */
    record Ends(String own, String name) implements VllmAlias {

        @Override
        public void write(VllmText text, MetricSnapshot snapshot) {
            if (snapshot instanceof CounterSnapshot counter) {
                text.family(name, "counter", help(snapshot));
                byModel(counter).forEach((model, points) -> write(text, model, points));
            }
        }

        private void write(VllmText text, Labels model, List<CounterDataPointSnapshot> points) {
            Map<String, Double> sums = new TreeMap<>();
            points.forEach(
                    point -> sums.merge(reason(point.getLabels().get("outcome")), point.getValue(), Double::sum));
            sums.forEach((reason, count) ->
                    text.sample(name + "_total", model, "finished_reason=\"" + reason + "\"", count));
        }

        private static String reason(@Nullable String outcome) {
            return switch (outcome) {
                case null -> "error";
                case "failed" -> "error";
                case "cancelled", "timeout" -> "abort";
                default -> outcome;
            };
        }
    }

    /** The layout of the KV cache. */
    record Cache(String own, String name) implements VllmAlias {

        @Override
        public void write(VllmText text, MetricSnapshot snapshot) {
            if (snapshot instanceof GaugeSnapshot gauge) {
                text.family(name, "gauge", help(snapshot));
                gauge.getDataPoints()
                        .forEach(point -> text.sample(name, point.getLabels(), labels(point.getLabels()), 1));
            }
        }

        private static String labels(Labels labels) {
            return "block_size=\"" + labels.get("block_size") + "\",num_gpu_blocks=\"" + labels.get("blocks") + "\"";
        }
    }

    /** A histogram with some of our bounds; with all of them when there are none. */
    record Histogram(String own, String name, double[] some) implements VllmAlias {

        @Override
        public void write(VllmText text, MetricSnapshot snapshot) {
            if (snapshot instanceof HistogramSnapshot histogram) {
                text.family(name, "histogram", help(snapshot));
                histogram.getDataPoints().forEach(point -> write(text, point));
            }
        }

        private void write(VllmText text, HistogramDataPointSnapshot point) {
            ClassicHistogramBuckets buckets = point.getClassicBuckets();
            Labels model = point.getLabels();
            double[] bounds = some.length > 0 ? some : finite(buckets);
            long count = 0;
            int next = 0;
            for (int i = 0; i < buckets.size(); i++) {
                while (next < bounds.length && buckets.getUpperBound(i) > bounds[next] * (1 + 1e-9)) {
                    text.sample(name + "_bucket", model, le(bounds[next++]), (double) count);
                }
                count += buckets.getCount(i);
            }
            text.sample(name + "_bucket", model, "le=\"+Inf\"", (double) count);
            text.sample(name + "_count", model, "", (double) count);
            text.sample(name + "_sum", model, "", point.getSum());
        }

        private static double[] finite(ClassicHistogramBuckets buckets) {
            return IntStream.range(0, buckets.size())
                    .mapToDouble(buckets::getUpperBound)
                    .filter(Double::isFinite)
                    .toArray();
        }

        private static String le(double bound) {
            return "le=\"" + bound + "\"";
        }
    }

    /** A counter's points by the model they name, if they do. */
    private static Map<Labels, List<CounterDataPointSnapshot>> byModel(CounterSnapshot counter) {
        Map<Labels, List<CounterDataPointSnapshot>> points = new TreeMap<>();
        for (CounterDataPointSnapshot point : counter.getDataPoints()) {
            String model = point.getLabels().get(VllmText.MODEL);
            Labels key = model == null ? Labels.EMPTY : Labels.of(VllmText.MODEL, model);
            points.computeIfAbsent(key, _ -> new ArrayList<>()).add(point);
        }
        return points;
    }

    private static String help(MetricSnapshot snapshot) {
        String help = snapshot.getMetadata().getHelp();
        return help == null ? "" : help;
    }
}
