package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.helidon.webserver.http.Handler;

/**
 * What the endpoints share.
 *
 * @param model that is served
 * @param limits of a request
 * @param gate that bounds the requests under way
 * @param images brings pictures in
 * @param textLimit refuses what can never fit
 * @param identity of the server
 */
record EndpointParts(
        ServedModel model,
        HttpLimits limits,
        AdmissionGate gate,
        ImageIntake images,
        TextLimit textLimit,
        Identity identity) {

    /** Requests of a route, each with a place at the gate and a client that is watched. */
    Handler serve(JsonRoute route) {
        return (request, response) -> {
            try (AdmissionGate.Place _ = gate.enter()) {
                JsonNode body = RequestBody.json(request, limits.maxBodyBytes());
                try (Client client = LookAhead.watchCurrent()) {
                    route.answer(body, Reply.to(response), client);
                }
            }
        };
    }

    /** The same for requests that nobody waits for; their caller bounds them. */
    EndpointParts inBackground() {
        return new EndpointParts(model, limits.inBackground(), gate.unbounded(), images, textLimit, identity);
    }
}
