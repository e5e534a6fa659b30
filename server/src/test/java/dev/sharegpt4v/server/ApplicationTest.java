package dev.sharegpt4v.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.checkpoint.Checkpoint;
import dev.sharegpt4v.models.checkpoint.Checkpoints;
import dev.sharegpt4v.models.convert.ConversionOptions;
import dev.sharegpt4v.models.convert.Converter;
import dev.sharegpt4v.models.convert.TokenizerSource;
import dev.sharegpt4v.models.convert.WeightFormat;
import dev.sharegpt4v.models.testing.ParityCase;
import dev.sharegpt4v.runtime.engine.EngineOptions;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.server.http.HttpLimits;
import dev.sharegpt4v.server.media.FetchRules;
import dev.sharegpt4v.server.media.HostPatterns;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Events;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.Shell;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole server over ONNX Runtime, with a tiny model of random weights. */
@Timeout(120) // Only to end a hang.
final class ApplicationTest {

    private static final int REQUESTS = 8;

    @TempDir
    private static Path folder;

    private static Application application;

    @BeforeAll
    static void start() {
        ParityCase model = ParityCase.load("plain", "published");
        Path target = folder.resolve("model");
        try (Checkpoint checkpoint = Checkpoints.open(model.checkpoint(), model.visionTower())) {
            Converter.convert(
                    checkpoint,
                    TokenizerSource.of(model.checkpoint()),
                    target,
                    ConversionOptions.of(WeightFormat.FP32),
                    (_, _, _) -> {});
        }
        application = Application.start(
                config(target, 0).with(Optional.of(data())).with(security()).withVllmMetrics(true));
    }

    private static ServerConfig config(Path model, int port) {
        return new ServerConfig(
                model,
                Optional.of("tiny"),
                "127.0.0.1",
                port,
                DeviceChoice.CPU,
                1,
                1,
                4,
                new KvBudget(16, KvFormat.FP16, new KvBudget.Automatic()),
                true,
                new EngineOptions(REQUESTS, REQUESTS, 64),
                HttpLimits.DEFAULT,
                Duration.ofSeconds(30));
    }

    private static DataConfig data() {
        return new DataConfig(folder.resolve("data"), 1 << 20, OptionalInt.empty());
    }

    /** Open to all, with images from one host that is never asked. */
    private static SecurityConfig security() {
        SecurityConfig open = SecurityConfig.DEFAULT;
        FetchRules rules =
                new FetchRules(HostPatterns.of(List.of("images.example")), FetchRules.PORTS, FetchRules.TIMEOUT, 1, 1);
        return new SecurityConfig(
                Optional.of(rules),
                open.imageFolder(),
                open.apiKeys(),
                open.apiKeyFile(),
                open.openMetrics(),
                open.tls(),
                open.origins(),
                open.logRequests(),
                open.patience(),
                open.connections(),
                open.console());
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    /** Requests that differ in words, number of pictures and length. */
    private static ObjectNode request(int number) {
        String[] pictures = new String[number % 3];
        for (int i = 0; i < pictures.length; i++) {
            pictures[i] = Pictures.dataUri(Pictures.png(number + i));
        }
        ObjectNode body = Requests.about("what" + "?".repeat(number), pictures)
                .put("model", "tiny")
                .put("max_tokens", 20 + 3 * number)
                .put("ignore_eos", true);
        ((ArrayNode) body.get("messages")).insertObject(0).put("role", "system").put("content", "Look well.");
        return body;
    }

    private static String ask(ObjectNode body) {
        Response answer = RestAssured.given()
                .port(application.port())
                .contentType("application/json")
                .body(body.toString())
                .post("/v1/chat/completions");
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return body.path("stream").asBoolean()
                ? Events.of(answer.asString()).text()
                : answer.path("choices[0].message.content");
    }

    @Test
    void requestsThatRunTogetherSayWhatEachSaysAlone() throws Exception {
        List<String> alone = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            alone.add(ask(request(i)));
        }
        assertThat(alone).doesNotHaveDuplicates().noneMatch(String::isEmpty);

        List<Callable<String>> callers = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            ObjectNode body = request(i).put("stream", i % 2 == 0);
            callers.add(() -> ask(body));
        }
        List<String> together = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<String> answer : threads.invokeAll(callers)) {
                together.add(answer.get());
            }
        }

        assertThat(together).isEqualTo(alone);
        String metrics =
                RestAssured.given().port(application.port()).get("/metrics").asString();
        double most = metrics.lines()
                .filter(line -> line.startsWith("sharegpt4v_step_sequences_max "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .sum();
        assertThat(most).isGreaterThan(1);
    }

    /** All families, those included that are there only after something happened. */
    private static Set<String> told() {
        ask(request(1));
        RestAssured.given()
                .port(application.port())
                .contentType("application/json")
                .body("{}")
                .post("/v1/chat/completions");
        return MetricNames.told(
                RestAssured.given().port(application.port()).get("/metrics").asString());
    }

    @Test
    void theDocumentNamesEveryMetricAndNoOther() {
        Set<String> documented = MetricNames.documented(Path.of("..", "docs", "metrics.md"));
        assertThat(documented).containsAll(told());
        // Collections of garbage may not have happened.
        documented.removeIf(name -> name.startsWith("jvm_gc_"));
        assertThat(told()).containsAll(documented);
    }

    @Test
    void thePackagesDefaultsStandWhereARequestGivesNone() {
        ObjectNode body = request(1).put("seed", 5);
        body.remove("temperature");
        assertThat(ask(body)).isEqualTo(ask(body)).isNotEqualTo(ask(request(1)));
    }

    @Test
    void aPromptBeyondTheModelsContextIsRefused() {
        Response answer = RestAssured.given()
                .port(application.port())
                .contentType("application/json")
                .body(Requests.text("x".repeat(500)).put("model", "tiny").toString())
                .post("/v1/chat/completions");
        ErrorAnswer.is(answer, 400, "context_length_exceeded", "messages");
    }

    @Test
    void aPortThatIsTakenIsTheEnvironmentsFault() {
        Shell shell = Shell.run(
                "serve", "--model", folder.resolve("model").toString(), "--port", Integer.toString(application.port()));
        assertThat(shell.code()).as(shell.err()).isEqualTo(3);
        assertThat(shell.err()).contains(Integer.toString(application.port())).doesNotContain("\tat ");
    }

    @Test
    void aServerThatStopsEndsItsStreams() throws Exception {
        Application other = Application.start(config(folder.resolve("model"), 0));
        try (RawClient client = new RawClient(other.port())) {
            client.post(
                    "/v1/chat/completions",
                    Requests.streamed(request(0)).put("max_tokens", 150).toString());
            client.readUntil("\"role\"");
            other.close();
            assertThat(client.readUntil("[DONE]")).contains("\"finish_reason\":\"length\"");
        }
    }

    @Test
    void aStoppedServerAnswersNoMore() throws Exception {
        Application other = Application.start(config(folder.resolve("model"), 0));
        int port = other.port();
        assertThat(HealthProbe.run(Integer.toString(port))).isZero();
        other.close();
        other.join();
        other.close();
        assertThat(HealthProbe.run(Integer.toString(port))).isOne();
    }
}
