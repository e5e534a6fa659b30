package dev.sharegpt4v.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Dashboards, alerts and their documents, as far as they can be checked without Prometheus; helm/observe-check has one. */
final class OperationsFilesTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Path ROOT = Path.of("..");
    private static final Path CHART = ROOT.resolve("helm").resolve("sharegpt4v");
    private static final Path ALERTS = CHART.resolve("alerts.yaml");
    private static final Pattern ALERT = Pattern.compile("(?m)^ *- alert: (\\S+)$");

    private static List<Path> dashboards() throws IOException {
        try (Stream<Path> files = Files.list(CHART.resolve("dashboards"))) {
            return files.sorted().toList();
        }
    }

    @Test
    void dashboardsAndAlertsAskForMetricsThatThereAre() throws IOException {
        Set<String> documented = MetricNames.documented(ROOT.resolve("docs").resolve("metrics.md"));
        for (Path file : Stream.concat(dashboards().stream(), Stream.of(ALERTS)).toList()) {
            assertThat(MetricNames.queried(Stream.of(file)))
                    .as(file.toString())
                    .isNotEmpty()
                    .isSubsetOf(documented);
        }
    }

    @Test
    void dashboardsLetOneChooseSourceNamespaceServiceAndPod() throws IOException {
        assertThat(dashboards())
                .extracting(file -> file.getFileName().toString())
                .containsExactly("engine.json", "images.json", "latency.json", "overview.json");
        for (Path file : dashboards()) {
            JsonNode dashboard = JSON.readTree(file.toFile());
            assertThat(dashboard.at("/templating/list").findValuesAsText("name"))
                    .containsExactly("datasource", "namespace", "service", "pod");
            assertThat(dashboard.path("uid").asText())
                    .isEqualTo("sharegpt4v-" + file.getFileName().toString().replace(".json", ""));
            assertThat(dashboard.path("panels").findValuesAsText("id")).doesNotHaveDuplicates();
            assertThat(dashboard.path("panels").findValuesAsText("expr"))
                    .isNotEmpty()
                    .allMatch(query -> query.contains("pod=~\"$pod\""));
        }
    }

    @Test
    void everyAlertIsTestedBothWaysAndHasItsSectionInTheRunbook() throws IOException {
        List<String> alerts = ALERT.matcher(Files.readString(ALERTS))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(alerts).hasSizeGreaterThan(15).doesNotHaveDuplicates();
        String tests = Files.readString(ROOT.resolve("helm").resolve("alerts_test.yaml"));
        List<String> runbook = Files.readAllLines(ROOT.resolve("docs").resolve("runbook.md"));
        for (String alert : alerts) {
            assertThat(tests).contains("- name: " + alert + " fires\n", "- name: " + alert + " is silent\n");
            assertThat(runbook).contains("## " + alert);
            assertThat(Files.readString(ALERTS)).contains("RUNBOOK#" + alert.toLowerCase(Locale.ROOT) + "\"");
        }
        assertThat(runbook.stream().filter(line -> line.startsWith("## "))).hasSameSizeAs(alerts);
    }
}
