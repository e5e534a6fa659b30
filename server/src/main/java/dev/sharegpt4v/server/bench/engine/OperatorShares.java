package dev.sharegpt4v.server.bench.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Where the time of steps went, by ONNX Runtime's trace.
 *
 * @param operators longest first
 * @param runs of the graph that were added up
 * @param runMicros of all runs together, what lies between operators included
 */
public record OperatorShares(List<Share> operators, long runs, long runMicros) {

    private static final String KERNEL = "_kernel_time";

    /**
     * All nodes of one operator.
     *
     * @param operator its type
     * @param calls in all runs
     * @param micros of all calls together
     */
    public record Share(String operator, long calls, long micros) {
        Share plus(Share other) {
            return new Share(operator, calls + other.calls, micros + other.micros);
        }
    }

    public OperatorShares {
        operators = List.copyOf(operators);
    }

    /** Adds up the later half of a trace's runs: in the first ones our own kernels are not compiled yet. */
    public static OperatorShares read(Path trace) {
        List<Long> starts = new ArrayList<>();
        forEach(trace, event -> {
            if (isRun(event)) {
                starts.add(event.path("ts").asLong());
            }
        });
        Collections.sort(starts);
        long from = starts.isEmpty() ? 0 : starts.get(starts.size() / 2);
        Map<String, Share> found = new TreeMap<>();
        LongSummaryStatistics runs = new LongSummaryStatistics();
        forEach(trace, event -> {
            long micros = event.path("dur").asLong();
            if (event.path("ts").asLong() < from) {
                return;
            }
            if (isRun(event)) {
                runs.accept(micros);
            } else if (event.path("name").asText().endsWith(KERNEL)) {
                String operator = event.path("args").path("op_name").asText();
                found.merge(operator, new Share(operator, 1, micros), Share::plus);
            }
        });
        List<Share> longestFirst = found.values().stream()
                .sorted(Comparator.comparingLong(Share::micros).reversed())
                .toList();
        return new OperatorShares(longestFirst, runs.getCount(), runs.getSum());
    }

    private static boolean isRun(JsonNode event) {
        return event.path("name").asText().equals("model_run");
    }

    /** An event at a time, since traces are long. */
    private static void forEach(Path trace, Consumer<JsonNode> sink) {
        try (MappingIterator<JsonNode> events =
                new JsonMapper().readerFor(JsonNode.class).readValues(trace.toFile())) {
            events.forEachRemaining(sink);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the profile " + trace, e);
        }
    }

    /** A table; what no operator took comes last. */
    public void print(PrintWriter out) {
        out.println();
        out.printf(Locale.ROOT, "%-36s %12s %12s %8s%n", "operator", "calls/step", "ms/step", "share");
        operators.forEach(share -> print(out, share.operator(), (double) share.calls() / runs, share.micros()));
        long rest = runMicros - operators.stream().mapToLong(Share::micros).sum();
        print(out, "between operators", 0, rest);
    }

    private void print(PrintWriter out, String name, double calls, long micros) {
        out.printf(
                Locale.ROOT,
                "%-36s %12.1f %12.3f %7.1f%%%n",
                name,
                calls,
                micros / 1e3 / runs,
                100.0 * micros / runMicros);
    }
}
