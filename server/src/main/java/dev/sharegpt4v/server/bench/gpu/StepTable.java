package dev.sharegpt4v.server.bench.gpu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;
import java.util.Locale;

/**
 * Steps side by side with a peer's on the same GPU.
 *
 * @param ours results of {@code bench engine --json}
 * @param peers the same form from another program; none where it did not run
 */
record StepTable(List<JsonNode> ours, List<JsonNode> peers) {

    String markdown() {
        StringBuilder text = new StringBuilder(
                "| test | batch | context | tokens/s | ms/step | of the bandwidth | of the matrix rate | transformers, tokens/s |\n"
                        + "|---|---|---|---|---|---|---|---|\n");
        for (JsonNode row : ours) {
            text.append("| %s | %d | %d | %s | %s | %s | %s | %s |\n"
                    .formatted(
                            row.path("test").asText(),
                            row.path("batch").asInt(),
                            row.path("context").asInt(),
                            number(row.path("tokens_per_s")),
                            number(row.path("median_step_ms")),
                            percent(row.path("share_of_bandwidth")),
                            percent(row.path("share_of_matrix_rate")),
                            number(peer(row).path("tokens_per_s"))));
        }
        return text.toString();
    }

    private JsonNode peer(JsonNode row) {
        for (JsonNode other : peers) {
            if (other.path("test").equals(row.path("test"))
                    && other.path("batch").asInt() == row.path("batch").asInt()
                    && other.path("context").asInt() == row.path("context").asInt()) {
                return other;
            }
        }
        return MissingNode.getInstance();
    }

    private static String number(JsonNode value) {
        return value.isNumber() ? String.format(Locale.ROOT, "%.2f", value.asDouble()) : "";
    }

    private static String percent(JsonNode value) {
        return value.isNumber() ? String.format(Locale.ROOT, "%.0f %%", 100 * value.asDouble()) : "";
    }
}
