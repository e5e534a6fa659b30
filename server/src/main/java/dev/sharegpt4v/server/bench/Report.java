package dev.sharegpt4v.server.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Figures with what they were measured under, for people and for programs.
 *
 * @param settings by name, in order
 * @param figures what was found
 */
public record Report(Map<String, Object> settings, Figures figures) {

    private static final JsonMapper JSON = new JsonMapper();

    public Report {
        settings = new LinkedHashMap<>(settings);
    }

    /** A table. */
    public void print(PrintWriter out) {
        settings.forEach((name, value) -> line(out, "%-16s %s", name.replace('_', ' '), value));
        out.println();
        line(out, "%-16s %d of %d", "answered", figures.answered(), figures.requests());
        line(out, "%-16s %.2f s", "duration", figures.seconds());
        line(out, "%-16s %.2f", "requests/s", figures.requestsPerSecond());
        line(out, "%-16s %.1f", "output tokens/s", figures.outputTokensPerSecond());
        line(out, "%-16s %.1f", "total tokens/s", figures.totalTokensPerSecond());
        line(out, "%-16s %.2f", "images/s", figures.imagesPerSecond());
        out.println();
        line(out, "%-8s %10s %10s %10s %10s", "ms", "mean", "p50", "p90", "p99");
        figures.latencies()
                .forEach((latency, found) -> line(
                        out,
                        "%-8s %10.2f %10.2f %10.2f %10.2f",
                        latency,
                        found.mean(),
                        found.p50(),
                        found.p90(),
                        found.p99()));
        if (!figures.tokensCounted()) {
            line(out, "%nthe server does not count tokens: chunks with text were counted");
        }
        figures.failures()
                .forEach((kind, failures) ->
                        line(out, "%nfailed, %s: %d (%s)", kind, failures.count(), failures.example()));
    }

    /** The same as JSON; latencies in milliseconds. */
    public ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        json.set("settings", JSON.valueToTree(settings));
        json.put("requests", figures.requests());
        json.put("answered", figures.answered());
        json.put("duration_s", figures.seconds());
        json.put("prompt_tokens", figures.promptTokens());
        json.put("output_tokens", figures.outputTokens());
        json.put("tokens_counted_by_server", figures.tokensCounted());
        json.put("images", figures.images());
        json.put("requests_per_s", figures.requestsPerSecond());
        json.put("output_tokens_per_s", figures.outputTokensPerSecond());
        json.put("total_tokens_per_s", figures.totalTokensPerSecond());
        json.put("images_per_s", figures.imagesPerSecond());
        for (Latency latency : Latency.values()) {
            json.set(latency.key(), JSON.valueToTree(figures.latencies().get(latency)));
        }
        json.set("failures", JSON.valueToTree(figures.failures()));
        return json;
    }

    @FormatMethod
    private static void line(PrintWriter out, @FormatString String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
