package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What came of requests that went wrong. */
public final class MutationReport {

    private static final JsonMapper JSON = new JsonMapper();

    private final Map<String, Object> settings;
    private final MutationTally tally;
    private final List<Gauges> samples;
    private final List<Check> checks;

    MutationReport(Map<String, Object> settings, MutationTally tally, List<Gauges> samples, List<Check> checks) {
        this.settings = settings;
        this.tally = tally;
        this.samples = List.copyOf(samples);
        this.checks = List.copyOf(checks);
    }

    /** Whether everything holds. */
    public boolean holds() {
        return checks.stream().allMatch(Check::holds);
    }

    public List<Check> checks() {
        return checks;
    }

    /** For people at a terminal. */
    public void print(PrintWriter out) {
        settings.forEach((name, value) -> out.println(String.format(Locale.ROOT, "%-18s %s", name, value)));
        out.println();
        StringBuilder head =
                new StringBuilder(String.format(Locale.ROOT, "%-18s %9s %9s", "changed", "sent", "generated"));
        for (MutationTally.Outcome outcome : MutationTally.Outcome.values()) {
            head.append(String.format(Locale.ROOT, " %9s", name(outcome)));
        }
        out.println(head);
        tally.rows().forEach((kind, row) -> {
            StringBuilder line = new StringBuilder(
                    String.format(Locale.ROOT, "%-18s %9d %9d", kind.label(), row.sent(), row.generated()));
            for (MutationTally.Outcome outcome : MutationTally.Outcome.values()) {
                line.append(String.format(Locale.ROOT, " %9d", row.of(outcome)));
            }
            out.println(line);
        });
        out.println();
        tally.routes()
                .forEach((route, statuses) ->
                        out.println(String.format(Locale.ROOT, "%-34s %s", route, shares(statuses))));
        out.println();
        out.println("refusals: " + shares(tally.refusals()));
        out.println();
        tally.slowest()
                .forEach(slow -> out.println(String.format(
                        Locale.ROOT, "%8.0f ms  number %d, %s", slow.millis(), slow.number(), slow.what())));
        out.println();
        for (Check check : checks) {
            out.println((check.holds() ? "ok   " : "FAIL ") + check.name() + ": " + check.found());
            check.examples().forEach(example -> out.println("       " + example));
        }
    }

    private static String shares(Map<String, Integer> statuses) {
        double all = statuses.values().stream().mapToInt(Integer::intValue).sum();
        return statuses.entrySet().stream()
                .map(of -> String.format(
                        Locale.ROOT, "%s: %d (%.0f %%)", of.getKey(), of.getValue(), 100 * of.getValue() / all))
                .collect(Collectors.joining(", "));
    }

    private static String name(MutationTally.Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    /** For programs; {@code samples} hold a row a second. */
    public ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        json.set("settings", JSON.valueToTree(settings));
        json.put("holds", holds());
        ObjectNode kinds = json.putObject("mutations");
        tally.rows().forEach((kind, row) -> {
            ObjectNode of =
                    kinds.putObject(kind.label()).put("sent", row.sent()).put("generated", row.generated());
            for (MutationTally.Outcome outcome : MutationTally.Outcome.values()) {
                of.put(name(outcome), row.of(outcome));
            }
        });
        json.set("routes", JSON.valueToTree(tally.routes()));
        json.set("refusals", JSON.valueToTree(tally.refusals()));
        json.set("slowest", JSON.valueToTree(tally.slowest()));
        json.set("checks", JSON.valueToTree(checks));
        json.set("samples", Samples.json(samples));
        return json;
    }
}
