package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;

/** Where one answer goes. */
interface Reply {

    /** A whole answer of status 200. */
    void send(JsonNode body);

    /** An answer as events; comments fill the silence between them. */
    EventStream events(Duration pingInterval);

    /** The id of the exchange; empty where there is none. */
    String id();

    /** To a client that waits for it. */
    static Reply to(ServerResponse response) {
        return new Reply() {
            @Override
            public void send(JsonNode body) {
                Answers.json(response, 200, body);
            }

            @Override
            public EventStream events(Duration pingInterval) {
                return new EventStream(response, pingInterval);
            }

            @Override
            public String id() {
                return Answers.id(response);
            }
        };
    }
}
