package dev.sharegpt4v.server.bench.engine;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Results with what they were measured under, for people and for programs.
 *
 * @param settings by name, in order
 * @param ceilings of the hardware
 * @param traffic of the model
 * @param work of the model
 * @param results in the order they were found
 */
public record StepReport(
        Map<String, Object> settings,
        Ceilings ceilings,
        DecodeTraffic traffic,
        DecoderWork work,
        List<StepResult> results) {

    private static final JsonMapper JSON = new JsonMapper();
    private static final double MEGABYTE = 1e6;
    private static final double GIGABYTE = 1e9;
    private static final double TERA = 1e12;

    public StepReport {
        settings = new LinkedHashMap<>(settings);
        results = List.copyOf(results);
    }

    /** Share of the memory bandwidth that the median decode step of a case uses. */
    double share(StepResult result) {
        return bytesPerSecond(result) / ceilings.bytesPerSecond();
    }

    /** Additions and multiplications a second of a prefill, all its steps and repetitions together. */
    private double flopsPerSecond(StepResult result) {
        StepCase measured = result.measured();
        double repetitions = result.times().tokens() / ((double) measured.batch() * measured.prefill());
        return work.prefill(measured) * repetitions / result.times().seconds();
    }

    private double bytesPerSecond(StepResult result) {
        return traffic.bytes(result.measured()) / (result.times().medianMillis() / 1e3);
    }

    /** A table. */
    public void print(PrintWriter out) {
        settings.forEach((name, value) -> line(out, "%-16s %s", name.replace('_', ' '), value));
        line(out, "%-16s %.1f GB/s (%s)", "memory bandwidth", ceilings.bytesPerSecond() / GIGABYTE, ceilings.method());
        ceilings.flopsPerSecond().ifPresent(rate -> line(out, "%-16s %.1f TFLOP/s", "matrix rate", rate / TERA));
        out.println();
        line(
                out,
                "%-8s %6s %8s %10s %10s %10s %11s %8s %7s %10s",
                "test",
                "batch",
                "context",
                "tokens/s",
                "ms/step",
                "least",
                "weights MB",
                "KV MB",
                "GB/s",
                "bandwidth");
        results.forEach(result -> print(out, result));
    }

    private void print(PrintWriter out, StepResult result) {
        StepCase measured = result.measured();
        String times = String.format(
                Locale.ROOT,
                "%-8s %6d %8d %10.2f %10.2f %10.2f",
                result.name(),
                measured.batch(),
                measured.context(),
                result.times().tokensPerSecond(),
                result.times().medianMillis(),
                result.times().leastMillis());
        if (result.test() == StepResult.Test.PREFILL) {
            out.println(times + matrixShare(result));
            return;
        }
        line(
                out,
                "%s %11.1f %8.1f %7.1f %9.0f%%",
                times,
                traffic.weights() / MEGABYTE,
                traffic.kv(measured) / MEGABYTE,
                bytesPerSecond(result) / GIGABYTE,
                100 * share(result));
    }

    private String matrixShare(StepResult result) {
        double rate = flopsPerSecond(result);
        return ceilings.flopsPerSecond().isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT,
                        "   %.1f TFLOP/s, %.0f%% of the matrix rate",
                        rate / TERA,
                        100 * rate / ceilings.flopsPerSecond().getAsDouble());
    }

    /** The same as JSON. */
    public ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        json.set("settings", JSON.valueToTree(settings));
        ceilings.addTo(json);
        ArrayNode rows = json.putArray("results");
        results.forEach(result -> add(rows.addObject(), result));
        return json;
    }

    private void add(ObjectNode row, StepResult result) {
        StepCase measured = result.measured();
        row.put("test", result.name());
        row.put("batch", measured.batch());
        row.put("context", measured.context());
        row.put("steps", result.times().nanos().length);
        row.put("tokens_per_s", result.times().tokensPerSecond());
        row.put("median_step_ms", result.times().medianMillis());
        row.put("least_step_ms", result.times().leastMillis());
        if (result.test() == StepResult.Test.DECODE) {
            row.put("weight_bytes_per_step", traffic.weights());
            row.put("kv_bytes_per_step", traffic.kv(measured));
            row.put("bytes_per_s", bytesPerSecond(result));
            row.put("share_of_bandwidth", share(result));
        } else {
            row.put("flop_per_s", flopsPerSecond(result));
            ceilings.flopsPerSecond().ifPresent(rate -> row.put("share_of_matrix_rate", flopsPerSecond(result) / rate));
        }
    }

    @FormatMethod
    private static void line(PrintWriter out, @FormatString String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
