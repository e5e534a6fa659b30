package dev.sharegpt4v.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.testing.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that Kubernetes stops while it answers; in a process of its own. */
@Timeout(180) // Only to end a hang.
final class DrainTest {

    private static final int STREAMS = 20;
    private static final int TOKENS = 40;

    @TempDir
    private static Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void streamsThatRunEndWholeNewOnesAreRefusedAndTheExitIsZero() throws Exception {
        try (Start server = serve("--drain-seconds", "120");
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            String url = server.awaitUrl();
            List<Future<List<String>>> streams = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                HttpResponse<InputStream> answer = client.send(chat(url, TOKENS, true), BodyHandlers.ofInputStream());
                assertThat(answer.statusCode()).isEqualTo(200);
                streams.add(readers.submit(() -> lines(answer.body())));
            }

            server.process().destroy();
            Eventually.holds(
                    "it is no longer ready",
                    () -> send(get(url + "/health/ready")).statusCode() == 503);
            HttpResponse<String> late = send(chat(url, 1, false));
            assertThat(late.statusCode()).isEqualTo(503);
            assertThat(late.headers().firstValue("Retry-After")).isPresent();
            assertThat(late.body()).contains("\"shutting_down\"");
            assertThat(send(get(url + "/health/live")).statusCode()).isEqualTo(200);

            for (Future<List<String>> stream : streams) {
                List<String> events = stream.get();
                assertThat(events.getLast()).isEqualTo("data: [DONE]");
                assertThat(events).anySatisfy(line -> assertThat(line).contains("\"completion_tokens\":" + TOKENS));
            }
            assertThat(server.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(server.process().exitValue()).isZero();
        }
    }

    @Test
    void whatStillRunsAtTheDeadlineIsCutOffAndTheExitSaysSo() throws Exception {
        try (Start server = serve("--drain-seconds", "0")) {
            HttpResponse<InputStream> answer =
                    client.send(chat(server.awaitUrl(), TOKENS, true), BodyHandlers.ofInputStream());
            assertThat(answer.statusCode()).isEqualTo(200);
            server.process().destroy();
            assertThat(server.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(server.process().exitValue()).isEqualTo(1);
        }
    }

    private HttpResponse<String> send(HttpRequest request) {
        return client.sendAsync(request, BodyHandlers.ofString()).join();
    }

    private static List<String> lines(InputStream body) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            return reader.lines().filter(line -> line.startsWith("data:")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HttpRequest get(String url) {
        return HttpRequest.newBuilder(URI.create(url)).build();
    }

    private static HttpRequest chat(String url, int tokens, boolean stream) {
        String body =
                "{\"model\": \"sharegpt4v-demo\", \"max_tokens\": " + tokens + ", \"ignore_eos\": true, \"stream\": "
                        + stream + (stream ? ", \"stream_options\": {\"include_usage\": true}" : "")
                        + ", \"messages\": [{\"role\": \"user\", \"content\": \"How many objects?\"}]}";
        return HttpRequest.newBuilder(URI.create(url + "/v1/chat/completions"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    @BeforeAll
    static void convert() {
        DemoServer.convert(folder.resolve("package"));
    }

    private static Start serve(String... more) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of("serve", "--model", folder.resolve("package").toString(), "--port", "0", "--threads", "1"));
        arguments.addAll(List.of("--kv-cache-mb", "64", "--draft-tokens", "0"));
        arguments.addAll(List.of(more));
        // With the quick compiler alone, vectors are objects and each step takes long.
        return Start.of(folder.resolve("home"), folder.resolve("cache"), List.of(), arguments.toArray(new String[0]));
    }
}
