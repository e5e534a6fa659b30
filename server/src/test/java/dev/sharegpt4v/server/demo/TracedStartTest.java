package dev.sharegpt4v.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.OtlpReceiver;
import dev.sharegpt4v.server.testing.OtlpReceiver.Received;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.Requests;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server in a process of its own tells a collector of traces and its log, to its end. */
@Timeout(180) // Only to end a hang.
final class TracedStartTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";

    @TempDir
    private static Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    static void convert() {
        DemoServer.convert(folder.resolve("package"));
    }

    private static Start serve(List<String> options, Map<String, String> variables, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of("serve", "--model", folder.resolve("package").toString(), "--port", "0", "--threads", "1"));
        arguments.addAll(List.of("--kv-cache-mb", "64", "--served-name", "scripted"));
        arguments.addAll(List.of(more));
        return Start.of(
                folder.resolve("home"), folder.resolve("cache"), options, variables, arguments.toArray(new String[0]));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static Received named(List<Received> spans, String name) {
        return spans.stream()
                .filter(span -> span.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is missing in " + spans));
    }

    private static List<String> below(List<Received> spans, Received parent) {
        return spans.stream()
                .filter(span -> span.parentId().equals(parent.spanId()))
                .map(Received::name)
                .sorted()
                .toList();
    }

    @Test
    void theTreeOfARequestReachesTheCollectorBeforeTheEndAndEveryLineOfTheLogIsJson() throws Exception {
        try (OtlpReceiver collector = new OtlpReceiver();
                Start server = serve(
                        List.of("-XX:TieredStopAtLevel=1"),
                        Map.of(
                                "OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20abc",
                                "OTEL_SERVICE_NAME", "vision",
                                "OTEL_TRACES_SAMPLER", "parentbased_always_off",
                                // What is not sent at the end is not sent at all.
                                "OTEL_BSP_SCHEDULE_DELAY", "3600000"),
                        "--otlp-traces-endpoint",
                        collector.url().toString(),
                        "--log-format",
                        "json",
                        "--log-requests")) {
            String url = server.awaitUrl();
            String body = Requests.about("my confession", Pictures.dataUri(Pictures.png(1)))
                    .put("max_tokens", 6)
                    .put("ignore_eos", true)
                    .toString();
            HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(url + "/v1/chat/completions"))
                    .header("content-type", "application/json")
                    .header("traceparent", "00-" + TRACE + "-" + PARENT + "-01")
                    .header("tracestate", "vendor=1")
                    .header("x-request-id", "req-of-mine")
                    .POST(HttpRequest.BodyPublishers.ofString(body)));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            String metrics = send(HttpRequest.newBuilder(URI.create(url + "/metrics"))
                            .header("accept", "application/openmetrics-text; version=1.0.0"))
                    .body();
            assertThat(metrics.lines())
                    .anyMatch(line -> line.startsWith("sharegpt4v_time_to_first_token_seconds_bucket{")
                            && line.contains("trace_id=\"" + TRACE + "\""));
            assertThat(collector.spans()).isEmpty();
            // The process' own method would close its output, too.
            server.process().toHandle().destroy();
            assertThat(server.awaitLine("never")).isFalse();
            assertThat(server.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(server.process().exitValue()).isZero();

            // The scrape names no parent and is not sampled.
            List<Received> spans = collector.spans();
            assertThat(collector.authorization()).contains("Bearer abc");
            Received whole = named(spans, "POST /v1/chat/completions");
            Received generation = named(spans, "generate");
            assertThat(whole.parentId()).isEqualTo(PARENT);
            assertThat(below(spans, whole))
                    .containsExactly("generate", "image.decode", "image.preprocess", "image.wait");
            assertThat(below(spans, generation)).containsExactly("decode", "encode", "prefill", "queue");
            assertThat(spans).hasSize(9).allMatch(span -> span.traceId().equals(TRACE) && span.end() >= span.start());
            assertThat(whole.attributes())
                    .containsEntry("http.response.status_code", 200L)
                    .containsEntry("http.route", "/v1/chat/completions")
                    .containsEntry("gen_ai.request.model", "scripted")
                    .containsEntry("gen_ai.usage.output_tokens", 6L)
                    .containsEntry("gen_ai.response.finish_reasons", List.of("length"))
                    .containsEntry("http.response.header.x-request-id", List.of("req-of-mine"));
            assertThat(whole.resource()).containsEntry("service.name", "vision");
            assertThat(spans.toString()).doesNotContain("confession", "base64");

            List<String> lines = server.said().stream()
                    .filter(line -> !line.startsWith("ready "))
                    // The JVM's own, before the program begins.
                    .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
                    .toList();
            assertThat(lines).hasSizeGreaterThan(2);
            List<JsonNode> objects = lines.stream().map(Golden::parse).toList();
            assertThat(objects).allMatch(line -> line.hasNonNull("timestamp") && line.hasNonNull("message"));
            JsonNode request = objects.stream()
                    .filter(line -> line.path("request_id").asText().equals("req-of-mine"))
                    .findFirst()
                    .orElseThrow();
            assertThat(request.path("trace_id").asText()).isEqualTo(TRACE);
            assertThat(request.path("span_id").asText()).isEqualTo(whole.spanId());
            assertThat(request.path("route").asText()).isEqualTo("/v1/chat/completions");
            assertThat(request.path("status").asInt()).isEqualTo(200);
            assertThat(request.path("model").asText()).isEqualTo("scripted");
            assertThat(request.path("completion_tokens").asInt()).isEqualTo(6);
        }
    }

    @Test
    void withoutTracingNothingOfOpenTelemetryIsLoaded() throws Exception {
        Path loaded = folder.resolve("loaded");
        try (Start server = serve(
                List.of("-XX:TieredStopAtLevel=1", "-Xlog:class+load:file=" + loaded),
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"))) {
            String url = server.awaitUrl();
            send(HttpRequest.newBuilder(URI.create(url + "/v1/chat/completions"))
                    .header("content-type", "application/json")
                    .header("traceparent", "00-" + TRACE + "-" + PARENT + "-01")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            Requests.text("?").put("max_tokens", 2).toString())));
            send(HttpRequest.newBuilder(URI.create(url + "/metrics")));
            server.process().destroy();
            assertThat(server.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        String classes = Files.readString(loaded);
        assertThat(classes).contains("dev.sharegpt4v.server.tracing.NoTracing").doesNotContain("io.opentelemetry");
    }
}
