package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.access.ApiKey;
import dev.sharegpt4v.server.access.KeyRing;
import dev.sharegpt4v.server.media.ImageFolder;
import dev.sharegpt4v.server.media.ImageSources;
import dev.sharegpt4v.server.testing.Eventually;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import dev.sharegpt4v.server.tracing.KeptSpans;
import dev.sharegpt4v.server.tracing.Tracing;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The spans of requests on all routes that ask a model. */
@Timeout(60) // Only to end a hang.
final class TracesTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";
    private static final String KEY = "sk-secret-of-alice";
    private static final String EXEMPLAR = "trace_id=\"" + TRACE + "\"";

    @TempDir
    private static Path all;

    private final KeptSpans kept = new KeptSpans();
    private Path pictures;
    private ScriptedServer server;

    @BeforeEach
    void serve() throws IOException {
        pictures = Files.createTempDirectory(all, "pictures");
        Files.write(pictures.resolve("one.png"), Pictures.png(1));
        Protection protection = Protection.DEFAULT
                .withKeys(new KeyRing(List.of(ApiKey.of("alice", KEY)), System::nanoTime))
                .withImages(new ImageSources(Optional.empty(), Optional.of(new ImageFolder(pictures, 1 << 20))));
        server = new ScriptedServer(
                "a red circle", protection, Optional.of(Files.createTempDirectory(all, "data")), kept.tracing());
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Response post(String path, String body) {
        return RestAssured.given()
                .spec(server.spec())
                .header("authorization", "Bearer " + KEY)
                .header("traceparent", "00-" + TRACE + "-" + PARENT + "-01")
                .header("x-request-id", "req-of-mine")
                .contentType("application/json")
                .body(body.getBytes(StandardCharsets.UTF_8))
                .post(path);
    }

    private String url(String name) {
        return pictures.resolve(name).toUri().toString();
    }

    private static ObjectNode confession() {
        return Requests.about("my confession", Pictures.dataUri(Pictures.png(2)));
    }

    @Test
    void aRequestWithAPictureIsATreeWithAllItsStages() throws InterruptedException {
        String answer =
                post("/v1/chat/completions?secret=1", confession().toString()).path("id");

        SpanData whole = kept.await("POST /v1/chat/completions");
        assertThat(whole.getTraceId()).isEqualTo(TRACE);
        assertThat(whole.getParentSpanId()).isEqualTo(PARENT);
        assertThat(kept.below(whole))
                .extracting(SpanData::getName)
                .containsExactly("image.wait", "image.decode", "image.preprocess", "generate");
        SpanData generation = kept.named("generate").getFirst();
        assertThat(kept.below(generation))
                .extracting(SpanData::getName)
                .containsExactlyInAnyOrder("encode", "queue", "prefill", "decode");

        assertThat(KeptSpans.text(whole, "url.path")).isEqualTo("/v1/chat/completions");
        assertThat(KeptSpans.text(whole, "url.scheme")).isEqualTo("http");
        assertThat(KeptSpans.number(whole, "http.response.status_code")).isEqualTo(200);
        assertThat(KeptSpans.list(whole, "http.response.header.x-request-id")).containsExactly("req-of-mine");
        assertThat(KeptSpans.text(whole, "gen_ai.operation.name")).isEqualTo("chat");
        assertThat(KeptSpans.text(whole, "gen_ai.request.model")).isEqualTo("scripted");
        assertThat(KeptSpans.text(whole, "gen_ai.response.id")).isEqualTo(answer);
        assertThat(KeptSpans.list(whole, "gen_ai.response.finish_reasons")).containsExactly("stop");
        assertThat(KeptSpans.number(whole, "gen_ai.usage.output_tokens")).isEqualTo(4);
        assertThat(KeptSpans.number(whole, "gen_ai.usage.input_tokens"))
                .isEqualTo(KeptSpans.number(generation, "gen_ai.usage.prompt_tokens"));
        assertThat(KeptSpans.text(kept.named("image.decode").getFirst(), "sharegpt4v.image.format"))
                .isEqualTo("png");
        for (SpanData span : kept.ended()) {
            assertThat(span.getTraceId()).isEqualTo(TRACE);
            assertThat(span.getStartEpochNanos()).isGreaterThanOrEqualTo(whole.getStartEpochNanos());
            assertThat(span.getEndEpochNanos()).isGreaterThanOrEqualTo(span.getStartEpochNanos());
        }
        assertThat(kept.ended().toString()).doesNotContain("confession", "secret", "circle", "base64", "alice");
    }

    @Test
    void aPictureByUrlIsFetchedAndASecondTimeReused() throws InterruptedException {
        String body = Requests.about("?", url("one.png")).toString();
        post("/v1/chat/completions", body);
        SpanData whole = kept.await("POST /v1/chat/completions");
        assertThat(kept.below(whole)).extracting(SpanData::getName).startsWith("image.fetch", "image.wait");
        assertThat(KeptSpans.text(kept.named("image.fetch").getFirst(), "sharegpt4v.image.source"))
                .isEqualTo("folder");

        post("/v1/chat/completions", body);
        Eventually.holds(
                "the second ends", () -> kept.named("POST /v1/chat/completions").size() == 2);
        assertThat(kept.named("POST /v1/chat/completions").getLast().getEvents())
                .extracting(event -> event.getName())
                .containsExactly("image.reused");

        post("/v1/chat/completions", Requests.about("?", url("none.png")).toString());
        Eventually.holds("the third fetch ends", () -> kept.named("image.fetch").size() == 3);
        assertThat(kept.named("image.fetch").getLast().getStatus().getStatusCode())
                .isEqualTo(StatusCode.ERROR);
        assertThat(kept.ended().toString()).doesNotContain("none.png", "one.png");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "/v1/completions | {'prompt': ['one', 'two'], 'max_tokens': 3} | text_completion | 2",
                "/v1/completions | {'prompt': 'one', 'max_tokens': 3, 'stream': true, 'n': 2} | text_completion | 2",
                "/v1/completions | {'prompt': 'one', 'max_tokens': 3, 'use_beam_search': true, 'best_of': 2} |"
                        + " text_completion | 1",
                "/v1/responses | {'input': 'one'} | chat | 1",
                "/v1/responses | {'input': 'one', 'stream': true} | chat | 1",
                "/v1/messages | {'model': 'scripted', 'max_tokens': 9, 'messages': [{'role': 'user', 'content': 'one'}]} |"
                        + " chat | 1",
                "/v1/chat/completions | {'model': 'scripted', 'n': 3, 'messages': [{'role': 'user', 'content': 'one'}]} |"
                        + " chat | 3",
                "/v1/chat/completions | {'model': 'scripted', 'stream': true, 'stop': ['red'], 'messages': [{'role':"
                        + " 'user', 'content': 'one'}]} | chat | 1",
                "/v1/embeddings | {'input': 'one two'} | embeddings | 0",
            })
    void everyRouteThatAsksAModelSaysWhatItTook(String path, String body, String operation, int generations)
            throws InterruptedException {
        Response answer = post(path, body.replace('\'', '"'));
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);

        SpanData whole = kept.await("POST " + path);
        assertThat(KeptSpans.text(whole, "gen_ai.operation.name")).isEqualTo(operation);
        assertThat(KeptSpans.number(whole, "gen_ai.usage.input_tokens")).isPositive();
        Eventually.holds("all end", () -> kept.named("generate").size() == generations);
        assertThat(kept.below(whole)).hasSize(generations);
        if (generations > 0) {
            assertThat(KeptSpans.number(whole, "gen_ai.usage.output_tokens")).isPositive();
            assertThat(KeptSpans.list(whole, "gen_ai.response.finish_reasons")).hasSize(generations);
        }
    }

    @Test
    void captionsAreTracedPictureByPicture() throws InterruptedException {
        RestAssured.given()
                .spec(server.spec())
                .header("authorization", "Bearer " + KEY)
                .multiPart("image", "a.png", Pictures.png(1), "image/png")
                .multiPart("image", "b.png", Pictures.png(2), "image/png")
                .post("/v1/captions");
        SpanData whole = kept.await("POST /v1/captions");
        assertThat(kept.below(whole))
                .extracting(SpanData::getName)
                .containsExactlyInAnyOrder(
                        "image.wait",
                        "image.decode",
                        "image.preprocess",
                        "image.wait",
                        "image.decode",
                        "image.preprocess",
                        "generate",
                        "generate");
        assertThat(KeptSpans.list(whole, "gen_ai.response.finish_reasons")).containsExactly("stop", "stop");
    }

    @Test
    void aStopStringEndsTheGenerationAsAStop() throws InterruptedException {
        post("/v1/chat/completions", Requests.text("?").put("stop", "red").toString());
        SpanData generation = kept.await("generate");
        assertThat(KeptSpans.list(generation, "gen_ai.response.finish_reasons")).containsExactly("stop");
    }

    @Test
    void aRefusalIsNoFailureOfTheServer() throws InterruptedException {
        post("/v1/chat/completions", Requests.text("?").put("temperature", 9).toString());
        SpanData whole = kept.await("POST /v1/chat/completions");
        assertThat(whole.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(KeptSpans.number(whole, "http.response.status_code")).isEqualTo(400);
        assertThat(KeptSpans.text(whole, "sharegpt4v.error.code")).isEqualTo("decimal_out_of_range");
        assertThat(KeptSpans.text(whole, "gen_ai.operation.name")).isNull();
    }

    @Test
    void whoHasNoKeyIsTracedToo() throws InterruptedException {
        server.get("/v1/models");
        SpanData whole = kept.await("GET /v1/models");
        assertThat(KeptSpans.number(whole, "http.response.status_code")).isEqualTo(401);
        assertThat(KeptSpans.text(whole, "sharegpt4v.error.code")).isEqualTo("invalid_api_key");
    }

    @Test
    void eachLineOfABatchIsATraceOfItsOwn() throws InterruptedException {
        ObjectNode good = line("one", Requests.text("?"));
        ObjectNode bad = line("two", Requests.text("?").put("temperature", 9));
        String file = RestAssured.given()
                .spec(server.spec())
                .header("authorization", "Bearer " + KEY)
                .multiPart("file", "a.jsonl", (good + "\n" + bad).getBytes(StandardCharsets.UTF_8), "application/jsonl")
                .multiPart("purpose", "batch")
                .post("/v1/files")
                .path("id");
        post(
                "/v1/batches",
                JsonNodeFactory.instance
                        .objectNode()
                        .put("input_file_id", file)
                        .put("endpoint", "/v1/chat/completions")
                        .put("completion_window", "24h")
                        .toString());

        Eventually.holds(
                "both end", () -> kept.named("batch line /v1/chat/completions").size() == 2);
        List<SpanData> lines = kept.named("batch line /v1/chat/completions");
        assertThat(lines).allMatch(line -> !line.getParentSpanContext().isValid());
        assertThat(lines)
                .extracting(line -> KeptSpans.number(line, "http.response.status_code"))
                .containsExactlyInAnyOrder(200L, 400L);
        SpanData generation = kept.named("generate").getFirst();
        assertThat(lines).extracting(SpanData::getSpanId).contains(generation.getParentSpanId());
    }

    private static ObjectNode line(String id, ObjectNode body) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("custom_id", id).put("method", "POST").put("url", "/v1/chat/completions");
        line.set("body", body);
        return line;
    }

    private static String openMetrics(ScriptedServer server) {
        return RestAssured.given()
                .spec(server.spec())
                .accept("application/openmetrics-text; version=1.0.0")
                .get("/metrics")
                .asString();
    }

    @Test
    void figuresNameTheTracesThatGaveThem() throws InterruptedException {
        post("/v1/chat/completions", confession().toString());
        kept.await("POST /v1/chat/completions");

        List<String> lines = openMetrics(server).lines().toList();
        for (String histogram : List.of(
                "time_to_first_token_seconds",
                "inter_token_latency_seconds",
                "e2e_request_latency_seconds",
                "request_queue_time_seconds",
                "request_prefill_time_seconds",
                "request_decode_time_seconds",
                "http_request_duration_seconds",
                "image_decode_seconds",
                "image_preprocess_seconds",
                "request_prompt_tokens")) {
            assertThat(lines)
                    .as(histogram)
                    .anyMatch(
                            line -> line.startsWith("sharegpt4v_" + histogram + "_bucket{") && line.contains(EXEMPLAR));
        }
        // Prometheus' own text has no place for them.
        assertThat(server.metrics()).doesNotContain("trace_id");
    }

    @Test
    void withoutTracingFiguresNameNoTraces() {
        try (ScriptedServer plain =
                new ScriptedServer("a red circle", Protection.DEFAULT, Optional.empty(), Tracing.OFF)) {
            RestAssured.given()
                    .spec(plain.spec())
                    .header("traceparent", "00-" + TRACE + "-" + PARENT + "-01")
                    .contentType("application/json")
                    .body(confession().toString())
                    .post("/v1/chat/completions");
            assertThat(openMetrics(plain)).contains("sharegpt4v_requests_total").doesNotContain("trace_id");
        }
    }
}
