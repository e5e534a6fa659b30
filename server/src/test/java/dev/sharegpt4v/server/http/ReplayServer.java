package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.models.testing.SharedData;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.MessagesWriter;
import dev.sharegpt4v.server.testing.Events;
import dev.sharegpt4v.server.testing.Golden;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Sends chunks that OpenAI once sent, in our own frames; the model that is asked for says which. Those of one choice go out
 * in Anthropic's shape, too, and what they add up to is told at {@code /recorded}.
 */
final class ReplayServer implements AutoCloseable {

    /** After the name of a stream: it fails after a few chunks. */
    static final String FAILING = "+failing";
    /** It is slow enough for pings between chunks. */
    static final String SLOW = "+slow";

    private static final int BEFORE_FAILURE = 4;
    private static final JsonMapper JSON = new JsonMapper();

    private final WebServer web;

    /** At some free port. */
    ReplayServer() {
        this(0);
    }

    ReplayServer(int port) {
        web = WebServer.builder()
                .host("127.0.0.1")
                .port(port)
                .shutdownHook(false)
                .routing(routing -> routing.post("/v1/chat/completions", ReplayServer::chat)
                        .post("/v1/messages", ReplayServer::message)
                        .get("/recorded", (_, response) -> recorded(response)))
                .build()
                .start();
    }

    int port() {
        return web.port();
    }

    /** Which streams there are, and what they add up to. */
    static JsonNode index() throws IOException {
        return Golden.parse(Files.readString(SharedData.path("openai/sse/index.json")));
    }

    private static List<JsonNode> chunks(String model) throws IOException {
        return Events.of(Files.readString(SharedData.path("openai/sse/" + model.replaceFirst("\\+.*", ""))))
                .chunks();
    }

    private static void recorded(ServerResponse response) throws IOException {
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        response.send(JSON.writeValueAsBytes(index()));
    }

    private static void chat(ServerRequest request, ServerResponse response) throws Exception {
        String model = model(request);
        List<JsonNode> chunks = chunks(model);
        try (EventStream events = new EventStream(response, ping(model))) {
            if (replay(model, chunks, events::send)) {
                events.sendDone();
            } else {
                events.sendError(failure());
            }
        }
    }

    private static void message(ServerRequest request, ServerResponse response) throws Exception {
        String model = model(request);
        List<JsonNode> all = RecordedMessage.events(model, chunks(model));
        try (EventStream events = new EventStream(response, ping(model))) {
            if (!replay(model, all, event -> events.sendTyped(List.of(event)))) {
                ApiException failure = failure();
                events.sendError(failure, MessagesWriter.error(failure, "replayed"));
            }
        }
    }

    private static ApiException failure() {
        return ApiException.internal("The model failed to answer this request.");
    }

    private static String model(ServerRequest request) throws IOException {
        return Golden.parse(new String(request.content().inputStream().readAllBytes(), StandardCharsets.UTF_8))
                .path("model")
                .asText();
    }

    private static Duration ping(String model) {
        return model.endsWith(SLOW) ? Duration.ofMillis(1) : Duration.ofSeconds(5);
    }

    /** False when it is to fail now. */
    private static boolean replay(String model, List<JsonNode> all, Consumer<JsonNode> send)
            throws InterruptedException {
        for (int i = 0; i < all.size(); i++) {
            if (model.endsWith(SLOW)) {
                new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
            }
            if (model.endsWith(FAILING) && i == BEFORE_FAILURE) {
                return false;
            }
            send.accept(all.get(i));
        }
        return true;
    }

    @Override
    public void close() {
        web.stop();
    }
}
