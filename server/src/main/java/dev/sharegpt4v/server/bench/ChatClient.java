package dev.sharegpt4v.server.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Sends streamed requests and times their answers. Thread-safe; a call blocks its thread. */
public final class ChatClient implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final int MOST_ERROR_BYTES = 64 << 10;
    private static final JsonMapper JSON = new JsonMapper();

    private final Target target;
    private final Api api;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http = HttpClient.newBuilder()
            // An upgrade to HTTP/2 would cost the first requests a round trip, and few servers of models speak it.
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .executor(threads)
            .build();

    public ChatClient(Target target, Api api) {
        this.target = target;
        this.api = api;
    }

    /**
     * The first model that the server lists.
     *
     * @throws UncheckedIOException when the server cannot be reached or lists none
     */
    public String firstModel() throws InterruptedException {
        try {
            HttpResponse<String> answer = http.send(
                    target.request("/v1/models").GET().build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
            String id = answer.statusCode() == 200
                    ? JSON.readTree(answer.body())
                            .path("data")
                            .path(0)
                            .path("id")
                            .asText("")
                    : "";
            if (id.isEmpty()) {
                throw new IOException(
                        "it answers %d and names none; give one with --model".formatted(answer.statusCode()));
            }
            return id;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot ask %s for its models: %s".formatted(target.base(), describe(e)), e);
        }
    }

    /** Sends a body and reads the answer to its end. */
    public Outcome ask(byte[] body) {
        AtomicBoolean late = new AtomicBoolean();
        long sent = System.nanoTime();
        try {
            HttpResponse<InputStream> answer = http.send(
                    target.request(api.path())
                            .setHeader("Content-Type", "application/json")
                            .setHeader("Accept", "text/event-stream")
                            .POST(BodyPublishers.ofByteArray(body))
                            .build(),
                    BodyHandlers.ofInputStream());
            try (InputStream stream = answer.body()) {
                // The client's own timeout ends with the headers.
                CompletableFuture<Void> end = endLater(stream, late, sent);
                try {
                    Outcome outcome = answer.statusCode() == 200
                            ? AnswerReader.read(stream, sent, System::nanoTime)
                            : refused(sent, answer.statusCode(), stream);
                    return late.get() && outcome instanceof Outcome.Failed ? timeout(sent) : outcome;
                } finally {
                    end.cancel(false);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Failed(sent, "interrupted", "the measurement was stopped");
        } catch (IOException e) {
            return late.get() ? timeout(sent) : failed(sent, e);
        }
    }

    private CompletableFuture<Void> endLater(InputStream stream, AtomicBoolean late, long sent) {
        long left = target.timeout().toNanos() - (System.nanoTime() - sent);
        return CompletableFuture.runAsync(
                () -> {
                    late.set(true);
                    try {
                        stream.close();
                    } catch (IOException e) {
                        // It has ended already.
                    }
                },
                CompletableFuture.delayedExecutor(Math.max(0, left), TimeUnit.NANOSECONDS, threads));
    }

    private static Outcome refused(long sent, int status, InputStream stream) throws IOException {
        String body = new String(stream.readNBytes(MOST_ERROR_BYTES), StandardCharsets.UTF_8);
        JsonNode node;
        try {
            node = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            node = JSON.getNodeFactory().textNode(body.strip());
        }
        return new Outcome.Failed(sent, "http " + status, AnswerReader.message(node));
    }

    private Outcome failed(long sent, IOException e) {
        return switch (e) {
            case ConnectException _ -> new Outcome.Failed(sent, "no connection", "cannot connect to " + target.base());
            case HttpTimeoutException _ -> timeout(sent);
            default -> new Outcome.Failed(sent, "connection lost", describe(e));
        };
    }

    private Outcome timeout(long sent) {
        return new Outcome.Failed(
                sent, "timeout", "no end after " + target.timeout().toSeconds() + " s");
    }

    private static String describe(IOException e) {
        if (e instanceof ConnectException) {
            return "no connection";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    @Override
    public void close() {
        http.shutdownNow();
        http.close();
        threads.shutdownNow();
    }
}
