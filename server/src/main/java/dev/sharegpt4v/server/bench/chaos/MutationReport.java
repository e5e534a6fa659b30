package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What came of requests that went wrong. */
public final class MutationReport {

    private static final JsonMapper JSON = new JsonMapper();

    private final Map<String, Object> settings;
    private final Map<Mutant.Kind, MutationTally.Row> rows;
    private final List<Check> checks;

    MutationReport(Map<String, Object> settings, Map<Mutant.Kind, MutationTally.Row> rows, List<Check> checks) {
        this.settings = settings;
        this.rows = rows;
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
        out.println(String.format(
                Locale.ROOT,
                "%-18s %9s %9s %9s %9s %9s %9s",
                "changed",
                "sent",
                "answered",
                "refused",
                "busy",
                "closed",
                "wrong"));
        rows.forEach((kind, row) -> out.println(String.format(
                Locale.ROOT,
                "%-18s %9d %9d %9d %9d %9d %9d",
                kind.label(),
                row.sent(),
                row.answered(),
                row.refused(),
                row.busy(),
                row.closed(),
                row.wrong())));
        out.println();
        for (Check check : checks) {
            out.println((check.holds() ? "ok   " : "FAIL ") + check.name() + ": " + check.found());
            check.examples().forEach(example -> out.println("       " + example));
        }
    }

    /** For programs. */
    public ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        json.set("settings", JSON.valueToTree(settings));
        json.put("holds", holds());
        ObjectNode kinds = json.putObject("mutations");
        rows.forEach((kind, row) -> kinds.set(kind.label(), JSON.valueToTree(row)));
        json.set("checks", JSON.valueToTree(checks));
        return json;
    }
}
