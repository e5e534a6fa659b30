package dev.sharegpt4v.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the Helm chart's schema of values allows beside what {@code serve} takes. */
final class ChartValuesTest {

    /** The chart sets these from values of its own. */
    private static final Set<String> SET_BY_THE_CHART = Set.of(
            "host",
            "port",
            "model",
            "device",
            "served-name",
            "drain-seconds",
            "api-key",
            "api-key-file",
            "tls-certificate",
            "tls-key",
            "data-dir",
            "vllm-metrics",
            "tracing",
            "otlp-traces-endpoint",
            "log-format",
            "config");

    @Test
    void optionsAreThoseOfServeButWhatTheChartSets() throws IOException {
        JsonNode schema = new JsonMapper()
                .readTree(Path.of("..", "helm", "sharegpt4v", "values.schema.json")
                        .toFile());
        Set<String> allowed = new TreeSet<>();
        schema.at("/properties/options/properties").fieldNames().forEachRemaining(allowed::add);

        Set<String> taken = new TreeSet<>();
        new CommandLine(new ServeCommand())
                .getCommandSpec().options().stream()
                        .filter(option -> !option.usageHelp() && !option.versionHelp())
                        .forEach(option -> taken.add(option.longestName().replaceFirst("^-+", "")));
        taken.removeAll(SET_BY_THE_CHART);

        assertThat(allowed).isEqualTo(taken);
        assertThat(schema.at("/properties/options/additionalProperties").asBoolean(true))
                .isFalse();
    }
}
