package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What came out. */
public final class ChaosReport {

    private static final JsonMapper JSON = new JsonMapper();

    private final Map<String, Object> settings;
    private final Map<Manner, Tally.Row> rows;
    private final List<Gauges> samples;
    private final List<Check> checks;

    ChaosReport(Map<String, Object> settings, Map<Manner, Tally.Row> rows, List<Gauges> samples, List<Check> checks) {
        this.settings = settings;
        this.rows = rows;
        this.samples = samples;
        this.checks = checks;
    }

    /** Whether everything holds. */
    public boolean holds() {
        return checks.stream().allMatch(Check::holds);
    }

    public List<Check> checks() {
        return List.copyOf(checks);
    }

    /** For people at a terminal. */
    public void print(PrintWriter out) {
        settings.forEach((name, value) -> line(out, "%-18s %s", name.replace('_', ' '), value));
        line(out, "");
        line(out, "%-18s %9s %9s %9s %9s %9s %9s", "client", "sent", "answered", "refused", "busy", "left", "wrong");
        rows.forEach((manner, row) -> line(
                out,
                "%-18s %9d %9d %9d %9d %9d %9d",
                manner.label(),
                row.sent(),
                row.answered(),
                row.refused(),
                row.busy(),
                row.left(),
                row.wrong()));
        line(out, "");
        line(out, "%-28s %12s %12s", "cache", "MB at most", "limit");
        Findings.fullest(samples)
                .forEach((name, cache) -> line(
                        out,
                        "%-28s %12s %12s",
                        name.replaceFirst("^sharegpt4v_", "").replace('_', ' '),
                        Findings.megabytes(cache.bytes()),
                        Findings.megabytes(cache.limit())));
        line(out, "");
        for (Check check : checks) {
            line(out, "%-4s %s: %s", check.holds() ? "ok" : "FAIL", check.name(), check.found());
            check.examples().forEach(example -> line(out, "       %s", example));
        }
    }

    @FormatMethod
    private static void line(PrintWriter out, @FormatString String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }

    /** For programs; {@code samples} hold a row a second. */
    public ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        json.set("settings", JSON.valueToTree(settings));
        json.put("holds", holds());
        ArrayNode listed = json.putArray("checks");
        for (Check check : checks) {
            ObjectNode one = listed.addObject();
            one.put("name", check.name()).put("holds", check.holds()).put("found", check.found());
            one.set("examples", JSON.valueToTree(check.examples()));
        }
        ObjectNode clients = json.putObject("clients");
        rows.forEach((manner, row) -> clients.set(manner.label(), JSON.valueToTree(row)));
        ObjectNode caches = json.putObject("caches");
        Findings.fullest(samples).forEach((name, cache) -> caches.set(name, JSON.valueToTree(cache)));
        json.set("samples", Samples.json(samples));
        return json;
    }
}
