package dev.sharegpt4v.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import dev.sharegpt4v.models.image.ImageLimits;
import dev.sharegpt4v.server.http.HttpLimits;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.ScriptedServer;
import dev.sharegpt4v.server.testing.TinyPackage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class BenchCommandTest {

    private static final String TEXT = "a red circle left of a blue square";

    @TempDir
    private Path folder;

    /** What a command printed and how it ended. */
    private record Ended(int code, String out, String err) {}

    private static Ended run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = new CommandLine(new BenchCommand());
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        line.setExecutionExceptionHandler((failure, _, _) -> {
            err.append(failure.getMessage());
            return 1;
        });
        int code = line.execute(args);
        return new Ended(code, out.toString(), err.toString());
    }

    private Ended measure(String url, String... more) {
        List<String> args = new ArrayList<>(List.of("--url", url, "--json", json().toString()));
        args.addAll(Arrays.asList(more));
        return run(args.toArray(String[]::new));
    }

    private Path json() {
        return folder.resolve("bench.json");
    }

    private JsonNode found() throws IOException {
        return new JsonMapper().readTree(json().toFile());
    }

    private static String address(ScriptedServer server) {
        return "http://127.0.0.1:" + server.port();
    }

    @Test
    void everyRequestIsAnsweredInTheLengthAskedFor() throws IOException {
        try (ScriptedServer server = new ScriptedServer(TEXT)) {
            Ended ended = measure(
                    address(server),
                    "--requests",
                    "6",
                    "--concurrency",
                    "3",
                    "--max-tokens",
                    "8",
                    "--image-size",
                    "50x40");
            assertThat(ended.code()).as(ended.err()).isZero();
            assertThat(ended.out())
                    // No ITL: tokens that are ready together come in one chunk.
                    .contains("6 of 6", "TTFT", "TPOT", "E2E", "output tokens/s", "images/s")
                    .contains(ScriptedServer.MODEL);
            assertThat(ended.err()).isEmpty();
            JsonNode found = found();
            assertThat(found.path("completed").asInt()).isEqualTo(6);
            assertThat(found.path("total_output_tokens").asInt()).isEqualTo(48);
            assertThat(found.path("total_input_tokens").asInt()).isGreaterThan(6 * 81);
            assertThat(found.path("total_images").asInt()).isEqualTo(6);
            assertThat(found.path("tokens_counted_by_server").asBoolean()).isTrue();
            assertThat(found.path("failures")).isEmpty();
            assertThat(found.path("p99_e2el_ms").asDouble())
                    .isGreaterThanOrEqualTo(found.path("median_e2el_ms").asDouble());
            assertThat(found.path("max_concurrency").asInt()).isEqualTo(3);
            assertThat(found.at("/settings/model").asText()).isEqualTo(ScriptedServer.MODEL);
        }
    }

    @Test
    void withoutAnAddressAServerIsStartedForIt() throws IOException {
        Ended ended = run(
                "--model",
                TinyPackage.in(folder).toString(),
                "--served-name",
                "tiny",
                "--threads",
                "1",
                "--prompt",
                "?",
                "--encoder-threads",
                "1",
                "--requests",
                "2",
                "--warm-up",
                "0",
                "--max-tokens",
                "3",
                "--json",
                json().toString());
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(found().at("/settings/model").asText()).isEqualTo("tiny");
        assertThat(found().path("total_output_tokens").asInt()).isEqualTo(6);
    }

    @Test
    void answersMayEndByThemselvesWhenAsked() throws IOException {
        try (ScriptedServer server = new ScriptedServer(TEXT)) {
            Ended ended =
                    measure(address(server), "--requests", "1", "--max-tokens", "400", "--no-ignore-eos", "--no-image");
            assertThat(ended.code()).as(ended.err()).isZero();
            assertThat(found().path("total_output_tokens").asInt()).isLessThan(400);
            assertThat(found().path("total_images").asInt()).isZero();
        }
    }

    @Test
    void picturesMayBeFiles() throws IOException {
        Path picture = Files.write(folder.resolve("disc.png"), Pictures.png(1));
        try (ScriptedServer server = new ScriptedServer(TEXT)) {
            Ended ended =
                    measure(address(server), "--requests", "2", "--max-tokens", "2", "--image", picture.toString());
            assertThat(ended.code()).as(ended.err()).isZero();
            assertThat(found().at("/settings/image").asText()).contains("disc.png");
        }
    }

    @Test
    void aModelThatTheServerDoesNotKnowFailsEveryRequest() throws IOException {
        try (ScriptedServer server = new ScriptedServer(TEXT)) {
            Ended ended = measure(address(server), "--requests", "3", "--model", "other/model");
            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.out()).contains("0 of 3", "http 404: 3", "other/model");
            assertThat(ended.err()).contains("warm-up failed, http 404");
            assertThat(found().at("/failures/http 404/count").asInt()).isEqualTo(3);
            assertThat(found().has("mean_ttft_ms")).isFalse();
        }
    }

    @Test
    void someFailuresAreToldAndNoReasonToFail() throws IOException {
        HttpLimits one = new HttpLimits(64L << 20, 20, 1, 2, ImageLimits.DEFAULT, Duration.ofSeconds(5));
        try (ScriptedServer server = new ScriptedServer(TEXT, one)) {
            server.allowAllSteps();
            Ended ended = measure(
                    address(server), "--requests", "12", "--concurrency", "4", "--max-tokens", "30", "--warm-up", "0");
            assertThat(ended.code()).as(ended.err()).isZero();
            assertThat(found().path("completed").asInt()
                            + found().at("/failures/http 429/count").asInt())
                    .isEqualTo(12);
        }
    }

    @Test
    void aServerThatNeverAnswersTimesOut() throws IOException {
        try (ScriptedServer server = new ScriptedServer(TEXT, HttpLimits.DEFAULT)) {
            Ended ended = measure(address(server), "--requests", "1", "--warm-up", "0", "--timeout", "1");
            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.out()).contains("failed, timeout: 1 (no end after 1 s)");
        }
    }

    @Test
    void aServerThatStopsInTheMiddleTimesOut() throws IOException {
        try (ScriptedServer server = new ScriptedServer(TEXT, HttpLimits.DEFAULT)) {
            server.allowSteps(3);
            Ended ended = measure(address(server), "--requests", "1", "--warm-up", "0", "--timeout", "1", "--no-image");
            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.out()).contains("failed, timeout: 1");
        }
    }

    @Test
    void anAnswerThatBreaksOffIsNamed() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/chat/completions", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody()
                    .write("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"
                            .getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            exchange.close();
        });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort();
            Ended ended = measure(url, "--requests", "2", "--warm-up", "0", "--model", "m", "--image-size", "8x8");
            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.out()).contains("failed, connection lost: 2");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aServerThatIsNotThereIsNamed() throws IOException {
        String url;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            url = "http://127.0.0.1:" + free.getLocalPort();
        }
        Ended unnamed = measure(url);
        assertThat(unnamed.code()).isEqualTo(1);
        assertThat(unnamed.err()).contains("cannot ask " + url + " for its models: no connection");

        Ended named = measure(url, "--model", "m", "--requests", "2", "--image-size", "8x8");
        assertThat(named.code()).isEqualTo(1);
        assertThat(named.out()).contains("failed, no connection: 2 (cannot connect to " + url + ")");
    }

    @Test
    void aSweepIsARunForEachValue() throws IOException {
        Path page = folder.resolve("bench.html");
        try (ScriptedServer server = new ScriptedServer(TEXT)) {
            Ended ended = measure(
                    address(server),
                    "--concurrency",
                    "1,2",
                    "--requests",
                    "4",
                    "--max-tokens",
                    "4",
                    "--no-image",
                    "--goodput",
                    "ttft:60000",
                    "e2el:60000",
                    "--detailed",
                    "--html",
                    page.toString());
            assertThat(ended.code()).as(ended.err()).isZero();
            assertThat(ended.out()).contains("1 client ", "2 clients", "ITL max");
            assertThat(found().path("runs")).hasSize(2);
            assertThat(found().at("/runs/1/max_concurrency").asInt()).isEqualTo(2);
            assertThat(found().at("/runs/1/ttfts")).hasSize(4);
            assertThat(found().at("/runs/0/request_goodput").asDouble()).isPositive();
            assertThat(Files.readString(page)).contains("<svg", "Timeline, 2 clients", "Throughput over load");
        }
    }

    @Test
    void requestsComeInAtARateUnderACap() throws IOException {
        try (ScriptedServer server = new ScriptedServer(TEXT)) {
            Ended ended = measure(
                    address(server),
                    "--request-rate",
                    "200",
                    "--burstiness",
                    "0.5",
                    "--max-concurrency",
                    "2",
                    "--requests",
                    "6",
                    "--max-tokens",
                    "4",
                    "--images",
                    "0-2",
                    "--image-size",
                    "16x16,20x20",
                    "--repeat-images",
                    "0.5",
                    "--random-input-len",
                    "3-9",
                    "--percentiles",
                    "50,99.9");
            assertThat(ended.code()).as(ended.err()).isZero();
            assertThat(ended.out()).contains("200 requests/s", "queued", "p99.9");
            assertThat(found().path("request_rate").asDouble()).isEqualTo(200);
            assertThat(found().path("completed").asInt()).isEqualTo(6);
            assertThat(found().path("mean_client_queue_time_ms").asDouble()).isNotNegative();
            assertThat(found().has("p99.9_ttft_ms")).isTrue();
        }
    }

    @Test
    void promptsMayStandInAFileAndMembersBeAdded() throws IOException {
        Path prompts = Files.writeString(folder.resolve("prompts.jsonl"), "{\"prompt\":\"Who?\",\"output_tokens\":3}");
        try (ScriptedServer server = new ScriptedServer(TEXT)) {
            Ended ended = measure(
                    address(server),
                    "--prompts",
                    prompts.toString(),
                    "--requests",
                    "2",
                    "--no-image",
                    "--extra-body",
                    "{\"seed\":5,\"temperature\":null}",
                    "--header",
                    "X-Tenant=a",
                    "--api-key",
                    "secret");
            assertThat(ended.code()).as(ended.err()).isZero();
            assertThat(found().path("total_output_tokens").asInt()).isEqualTo(6);
            assertThat(server.prompts()).contains("Who?");
        }
    }

    @Test
    void chaosEndsWithATableAndEveryCheck() throws IOException {
        Ended ended = run(
                "--chaos",
                "--model",
                TinyPackage.in(folder).toString(),
                "--served-name",
                "tiny",
                "--threads",
                "1",
                "--encoder-threads",
                "1",
                "--max-queued",
                "8",
                "--max-running",
                "4",
                "--duration",
                "8",
                "--pictures",
                "10",
                "--concurrency",
                "3",
                "--burst",
                "60",
                "--json",
                json().toString());
        assertThat(ended.out())
                .contains(
                        "sends nonsense",
                        "comes in a burst",
                        "encoder cache",
                        "kv cache",
                        "prepared images",
                        "request images")
                .contains("ok   every answer is whole or a typed error")
                .contains("ok   equal questions have equal answers")
                .contains("ok   every cache stays within its limit")
                .contains("ok   everything is idle afterwards")
                .contains("ok   no connection, thread or file is left open")
                .contains("ok   the load was what it should be")
                // Eight seconds are no time for it to settle.
                .contains("memory is flat");
        assertThat(found().path("checks")).hasSize(7);
        assertThat(found().path("holds").asBoolean()).isEqualTo(ended.code() == 0);
        assertThat(found().path("samples").size()).isGreaterThan(3);
    }

    @Test
    void wrongUsageIsExplained() {
        assertThat(run("--url", "localhost:8080").err()).contains("is not an address such as http://localhost:8080");
        assertThat(run("--url", "http://h", "--requests", "0").err()).contains("--requests");
        assertThat(run("--url", "http://h", "--image-size", "640").err()).contains("is no size such as 640x480");
        assertThat(run("--url", "http://h", "--no-image", "--image", "a.png").err())
                .contains("exclude each other");
        assertThat(run("--url", "http://h", "--requests", "0").code()).isEqualTo(2);
        assertThat(run("--url", "http://h", "--concurrency", "2", "--request-rate", "1")
                        .err())
                .contains("--max-concurrency");
        assertThat(run("--url", "http://h", "--request-rate", "0").err()).contains("is no positive number");
        assertThat(run("--url", "http://h", "--max-tokens", "9-2").err()).contains("is no length");
        assertThat(run("--url", "http://h", "--goodput", "itl:4").err()).contains("is no limit in milliseconds");
        assertThat(run("--url", "http://h", "--model", "m", "--extra-body", "5").err())
                .contains("is no JSON object");
        assertThat(run("--url", "http://h", "--chaos", "--duration", "soon").err())
                .contains("is no time such as 90s or 10m");
        assertThat(run("--url", "http://h", "--chaos", "--pictures", "0").err()).contains("--pictures is positive");
        assertThat(run("--url", "http://h", "--prompt", "a", "--random-input-len", "5")
                        .err())
                .contains("exclude each other");
    }

    @Test
    void aPictureThatIsNotThereIsNamed() {
        Ended ended = run(
                "--url",
                "http://h",
                "--model",
                "m",
                "--image",
                folder.resolve("no.png").toString());
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("cannot read the picture", "no.png");
    }
}
