package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.server.batch.LineRoutes;
import dev.sharegpt4v.server.openai.ApiException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lines of batches on the server's own routes, without a socket.
 *
 * @param routes by their paths
 */
record BatchLines(Map<String, JsonRoute> routes) implements LineRoutes {

    /** Lines on routes of their own, whose requests wait behind those of clients and take no place at the gate. */
    static BatchLines of(EndpointParts parts) {
        EndpointParts background = parts.inBackground();
        return new BatchLines(Map.of(
                "/v1/chat/completions", new ChatCompletionsEndpoint(background),
                "/v1/completions", new TextCompletionsEndpoint(background),
                "/v1/responses", new ResponsesEndpoints(background),
                "/v1/embeddings", new EmbeddingsEndpoint(background),
                "/v1/captions", new CaptionsEndpoint(background)));
    }

    @Override
    public Set<String> endpoints() {
        return routes.keySet();
    }

    @Override
    public Call call(String endpoint, JsonNode body) {
        return new RouteCall(Objects.requireNonNull(routes.get(endpoint), endpoint), body, new Client());
    }

    private record RouteCall(JsonRoute route, JsonNode body, Client client) implements Call {

        @Override
        public JsonNode answer() throws InterruptedException {
            if (body.path("stream").asBoolean(false)) {
                throw ApiException.invalid("stream", "A line of a batch is answered whole.");
            }
            Collected reply = new Collected();
            try (client) {
                client.requirePresent();
                route.answer(body, reply, client);
                // What was cut short by a cancel looks like an answer.
                client.requirePresent();
            }
            return reply.body();
        }

        @Override
        public void cancel() {
            client.leave();
        }
    }

    /** An answer in memory. */
    private static final class Collected implements Reply {
        private @Nullable JsonNode body;

        @Override
        public void send(JsonNode answer) {
            body = answer;
        }

        @Override
        public EventStream events(Duration pingInterval) {
            throw ApiException.invalid("stream", "A line of a batch is answered whole.");
        }

        JsonNode body() {
            return Objects.requireNonNull(body, "the route gave no answer. This is a bug.");
        }
    }
}
