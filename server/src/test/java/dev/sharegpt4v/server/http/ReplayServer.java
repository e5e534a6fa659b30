package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.models.testing.SharedData;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.testing.Events;
import dev.sharegpt4v.server.testing.Golden;
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

/** Sends chunks that OpenAI once sent, in our own frames; the model that is asked for says which. */
final class ReplayServer implements AutoCloseable {

    /** After the name of a stream: it fails after a few chunks. */
    static final String FAILING = "+failing";
    /** It is slow enough for pings between chunks. */
    static final String SLOW = "+slow";

    private final WebServer web = WebServer.builder()
            .host("127.0.0.1")
            .port(0)
            .shutdownHook(false)
            .routing(routing -> routing.post("/v1/chat/completions", ReplayServer::replay))
            .build()
            .start();

    int port() {
        return web.port();
    }

    static List<JsonNode> chunks(String file) throws IOException {
        return Events.of(Files.readString(SharedData.path("openai/sse/" + file)))
                .chunks();
    }

    private static void replay(ServerRequest request, ServerResponse response) throws Exception {
        String model = Golden.parse(new String(request.content().inputStream().readAllBytes(), StandardCharsets.UTF_8))
                .path("model")
                .asText();
        List<JsonNode> chunks = chunks(model.replaceFirst("\\+.*", ""));
        Duration ping = model.endsWith(SLOW) ? Duration.ofMillis(1) : Duration.ofSeconds(5);
        try (EventStream events = new EventStream(response, ping)) {
            for (int i = 0; i < chunks.size(); i++) {
                if (model.endsWith(SLOW)) {
                    new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
                }
                if (model.endsWith(FAILING) && i == 4) {
                    events.sendError(ApiException.internal("The model failed to answer this request."));
                    return;
                }
                events.send(chunks.get(i));
            }
            events.sendDone();
        }
    }

    @Override
    public void close() {
        web.stop();
    }
}
