package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.server.batch.LineRoutes;
import dev.sharegpt4v.server.lifecycle.Lease;
import dev.sharegpt4v.server.openai.ApiException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lines of batches on the server's own routes, without a socket: their requests wait behind those of clients and take no
 * place at the gate.
 *
 * @param models that they name
 * @param exchanges notes what is learnt of each line
 */
record BatchLines(ServedModels models, Exchanges exchanges) implements LineRoutes {

    @Override
    public Set<String> endpoints() {
        return ModelEndpoints.pathsOfBatches();
    }

    @Override
    public Call call(String endpoint, JsonNode body) {
        return new RouteCall(endpoint, models, body, new Client(), exchanges);
    }

    private record RouteCall(String path, ServedModels models, JsonNode body, Client client, Exchanges exchanges)
            implements Call {

        @Override
        public JsonNode answer() throws InterruptedException {
            ExchangeNotes notes = exchanges.beginLine(path);
            int status = 500;
            try {
                JsonNode answer = notes.call(this::send);
                status = 200;
                return answer;
            } catch (ApiException e) {
                notes.refused(e.code());
                status = e.status();
                throw e;
            } finally {
                Exchanges.endLine(notes, status);
            }
        }

        private JsonNode send() throws InterruptedException {
            if (body.path("stream").asBoolean(false)) {
                throw ApiException.invalid("stream", "A line of a batch is answered whole.");
            }
            Collected reply = new Collected();
            try (client) {
                client.requirePresent();
                try (Lease<ModelEndpoints> lease = models.take(body, Deadlines.BACKGROUND, client)) {
                    lease.model().background(path).answer(body, reply, client);
                }
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

        @Override
        public String id() {
            return "";
        }

        JsonNode body() {
            return Objects.requireNonNull(body, "the route gave no answer. This is a bug.");
        }
    }
}
