package dev.sharegpt4v.server.bench.engine;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Encodes of several batch sizes, for people and for programs.
 *
 * @param settings by name, in order
 * @param results in the order they were found
 */
public record EncodeReport(Map<String, Object> settings, List<EncodeResult> results) {

    private static final JsonMapper JSON = new JsonMapper();

    public EncodeReport {
        settings = new LinkedHashMap<>(settings);
        results = List.copyOf(results);
    }

    /** A table. */
    public void print(PrintWriter out) {
        settings.forEach(
                (name, value) -> out.println(String.format(Locale.ROOT, "%-16s %s", name.replace('_', ' '), value)));
        out.println();
        out.println(String.format(Locale.ROOT, "%6s %10s %10s %10s", "batch", "images/s", "ms/batch", "least"));
        for (EncodeResult result : results) {
            StepTimes times = result.times();
            out.println(String.format(
                    Locale.ROOT,
                    "%6d %10.3f %10.1f %10.1f",
                    result.batch(),
                    times.tokensPerSecond(),
                    times.medianMillis(),
                    times.leastMillis()));
        }
    }

    /** The same as JSON. */
    public ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        json.set("settings", JSON.valueToTree(settings));
        ArrayNode rows = json.putArray("results");
        for (EncodeResult result : results) {
            ObjectNode row = rows.addObject();
            row.put("batch", result.batch());
            row.put("images_per_s", result.times().tokensPerSecond());
            row.put("median_batch_ms", result.times().medianMillis());
            row.put("least_batch_ms", result.times().leastMillis());
        }
        return json;
    }
}
