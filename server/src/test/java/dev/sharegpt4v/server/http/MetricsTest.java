package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.testing.Eventually;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
                .allMatch(line -> line.matches("(sharegpt4v_|jvm_|process_|system_|vllm:).*"));
    }

    @Test
    void openMetricsAreToldWhereTheyAreAskedFor() {
        server.allowAllSteps();
        server.chat(Requests.about("?", Pictures.dataUri(Pictures.png(1))));
        Response answer = RestAssured.given()
                .port(server.port())
                .accept("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5")
                .get("/metrics");

        assertThat(answer.contentType()).startsWith("application/openmetrics-text; version=1.0.0");
        assertThat(answer.asString())
                .endsWith("\n# EOF\n")
                .containsOnlyOnce("# EOF")
                .contains("# TYPE sharegpt4v_prompt_tokens counter\n", "# TYPE vllm:prompt_tokens counter\n")
                .contains("\nvllm:prompt_tokens_total{model_name=\"scripted\",engine=\"0\"} ");
    }

    @Test
    void vllmsNamesTellTheSameFiguresInItsBuckets() throws InterruptedException {
        server.allowAllSteps();
        server.chat(Requests.about("?", Pictures.dataUri(Pictures.png(1))));
        server.chat(Requests.about("?", Pictures.dataUri(Pictures.png(1))));

        assertThat(vllm("request_success_total", ",finished_reason=\"stop\"")).isEqualTo(2);
        assertThat(vllm("request_success_total", ",finished_reason=\"abort\"")).isZero();
        assertThat(vllm("generation_tokens_total", "")).isEqualTo(8);
        assertThat(vllm("mm_cache_queries_total", "")).isEqualTo(2);
        assertThat(vllm("mm_cache_hits_total", "")).isEqualTo(1);
        assertThat(vllm("num_requests_running", "")).isZero();
        assertThat(vllm("time_to_first_token_seconds_count", "")).isEqualTo(2);
        assertThat(vllm("inter_token_latency_seconds_count", "")).isEqualTo(6);
        assertThat(vllm("request_generation_tokens_bucket", ",le=\"2.0\"")).isZero();
        assertThat(vllm("request_generation_tokens_bucket", ",le=\"5.0\"")).isEqualTo(2);
        assertThat(vllm("request_generation_tokens_sum", "")).isEqualTo(8);
        assertThat(bounds("vllm:time_to_first_token_seconds"))
                .isEqualTo("0.001 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.25 0.5 0.75 1.0 2.5 5.0 7.5 10.0 20.0 40.0 80.0"
                        + " 160.0 640.0 2560.0 +Inf");
        assertThat(bounds("vllm:request_queue_time_seconds"))
                .isEqualTo("0.3 0.5 0.8 1.0 1.5 2.0 2.5 5.0 10.0 15.0 20.0 30.0 40.0 50.0 60.0 120.0 240.0 480.0 960.0"
                        + " 1920.0 7680.0 +Inf");
        assertThat(bounds("vllm:inter_token_latency_seconds"))
                .isEqualTo(
                        "0.01 0.025 0.05 0.075 0.1 0.15 0.2 0.3 0.4 0.5 0.75 1.0 2.5 5.0 7.5 10.0 20.0 40.0 80.0 +Inf");
        assertThat(bounds("vllm:iteration_tokens_total"))
                .isEqualTo("1.0 8.0 16.0 32.0 64.0 128.0 256.0 512.0 1024.0 2048.0 4096.0 8192.0 16384.0 +Inf");
        assertThat(bounds("vllm:request_prompt_tokens"))
                .isEqualTo("1.0 2.0 5.0 10.0 20.0 50.0 100.0 200.0 500.0 1000.0 2000.0 +Inf");
    }

    @Test
    void everyStageOfAnImageIsTimed() {
        server.allowAllSteps();
        server.chat(Requests.about("?", Pictures.dataUri(Pictures.png(1))));

        for (String stage : List.of("wait", "decode", "preprocess", "prepare", "encode")) {
            assertThat(value("sharegpt4v_image_" + stage + "_seconds_count"))
                    .as(stage)
                    .isEqualTo(1);
        }
        assertThat(value("sharegpt4v_image_pixels_count")).isEqualTo(1);
    }

    @Test
    void readinessIsAGauge() {
        assertThat(value("sharegpt4v_ready")).isEqualTo(1);
        server.drain();
        assertThat(value("sharegpt4v_ready")).isZero();
    }

    private double vllm(String name, String labels) {
        return value("vllm:" + name + "{model_name=\"scripted\",engine=\"0\"" + labels + "}");
    }

    private String bounds(String family) {
        return server.metrics()
                .lines()
                .filter(line -> line.startsWith(family + "_bucket{"))
                .map(line -> line.substring(line.indexOf("le=\"") + 4, line.lastIndexOf('"')))
                .collect(Collectors.joining(" "));
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
        assertThat(value("sharegpt4v_http_requests_total{outcome=\"ok\",route=\"/v1/chat/completions\"}"))
                .isEqualTo(1);
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
