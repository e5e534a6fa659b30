package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.testing.Eventually;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60) // Only to end a hang.
final class MetricsTest {

    private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) [a-z_:][a-z0-9_:]* .+");
    private static final Pattern SAMPLE =
            Pattern.compile("[a-z_:][a-z0-9_:]*(\\{([a-z_]+=\"([^\"\\\\\\n]|\\\\.)*\",?)+})? "
                    + "([-+]?[0-9.]+([eE][-+]?[0-9]+)?|NaN|[+-]Inf)");

    private final ScriptedServer server = new ScriptedServer("a red circle", HttpLimits.DEFAULT);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void theyAreTextThatPrometheusReads() {
        server.allowAllSteps();
        server.chat(Requests.about("?", Pictures.dataUri(Pictures.png(1))));
        Response answer = server.get("/metrics");

        assertThat(answer.contentType()).startsWith("text/plain");
        List<String> lines = answer.asString().lines().toList();
        assertThat(lines)
                .isNotEmpty()
                .allMatch(line ->
                        COMMENT.matcher(line).matches() || SAMPLE.matcher(line).matches());
        assertThat(lines)
                .filteredOn(line -> !line.startsWith("#"))
                .allMatch(line -> line.matches("(sharegpt4v|jvm|process|system)_.*"));
    }

    @Test
    void theyCountWhatWasAskedAndSaid() throws InterruptedException {
        server.allowAllSteps();
        server.chat(Requests.about("?", Pictures.dataUri(Pictures.png(1))));

        assertThat(value("sharegpt4v_image_tokens_total")).isEqualTo(81);
        assertThat(value("sharegpt4v_generation_tokens_total")).isEqualTo(4);
        assertThat(value("sharegpt4v_images_encoded_total")).isEqualTo(1);
        assertThat(value("sharegpt4v_images_total{format=\"png\"}")).isEqualTo(1);
        assertThat(value("sharegpt4v_requests_total{outcome=\"stop\"}")).isEqualTo(1);
        assertThat(value("sharegpt4v_time_to_first_token_seconds_count")).isEqualTo(1);
        Eventually.holds(
                "the answer is counted",
                () -> value("sharegpt4v_http_responses_total{route=\"/v1/chat/completions\",status=\"200\"}") == 1);
    }

    @Test
    void theyCountRefusalsByTheirCodeAndUnknownPathsAsOne() throws InterruptedException {
        server.chat(Requests.text("?").put("temperature", 9));
        server.get("/secret/path");

        Eventually.holds(
                "refusals are counted",
                () -> value("sharegpt4v_http_responses_total{route=\"/v1/chat/completions\",status=\"400\"}") == 1
                        && value("sharegpt4v_http_responses_total{route=\"other\",status=\"404\"}") == 1);
        assertThat(value("sharegpt4v_requests_rejected_total{reason=\"decimal_out_of_range\"}"))
                .isEqualTo(1);
        assertThat(server.metrics()).doesNotContain("secret");
    }

    @Test
    void requestsThatRunTogetherShareSteps() throws Exception {
        String body = Requests.text("?")
                .put("max_tokens", 1000)
                .put("ignore_eos", true)
                .toString();
        try (RawClient one = new RawClient(server.port());
                RawClient two = new RawClient(server.port());
                RawClient three = new RawClient(server.port())) {
            List<RawClient> clients = List.of(one, two, three);
            for (RawClient client : clients) {
                client.post("/v1/chat/completions", body);
            }
            Eventually.holds("all three run", () -> {
                server.allowStep();
                return server.snapshot().running() == 3;
            });
            server.allowAllSteps();
            for (RawClient client : clients) {
                assertThat(client.readUntil("fp_test")).contains("a red circle");
            }
        }
        assertThat(server.executor().steps()).anyMatch(step -> step.slices().size() == 3);
        assertThat(value("sharegpt4v_step_sequences_max")).isGreaterThan(1);
        assertThat(value("sharegpt4v_step_sequences_bucket{le=\"1.0\"}"))
                .isLessThan(value("sharegpt4v_step_sequences_count"));
    }

    private double value(String sample) {
        return server.metrics()
                .lines()
                .filter(line -> line.startsWith(sample + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
                .findFirst()
                .orElse(-1);
    }
}
