package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.server.lifecycle.Lease;
import io.helidon.webserver.http.Handler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The routes whose requests name a model: each request has a place at the gate, a client that is watched, and the model
 * until its answer ends.
 *
 * @param models to choose from
 * @param live limits of a request
 * @param gate that bounds the requests under way
 */
record ModelRoutes(ServedModels models, LiveLimits live, AdmissionGate gate) {

    List<Route> all() {
        List<Route> routes = new ArrayList<>();
        for (String path : ModelEndpoints.paths()) {
            routes.add(Route.post(path, path.equals(ModelEndpoints.CAPTIONS) ? captions() : json(path)));
        }
        return routes;
    }

    private Handler json(String path) {
        return (request, response) -> {
            try (AdmissionGate.Place _ = gate.enter()) {
                HttpLimits limits = live.now();
                JsonNode body = RequestBody.json(request, limits.maxBodyBytes());
                ask(body, limits, (model, client) -> model.route(path).answer(body, Reply.to(response), client));
            }
        };
    }

    /** The pictures may come in a form. */
    private Handler captions() {
        return (request, response) -> {
            try (AdmissionGate.Place _ = gate.enter()) {
                HttpLimits limits = live.now();
                boolean sent = RequestBody.mediaType(request).equals("multipart/form-data");
                Optional<CaptionForm> form = sent ? Optional.of(CaptionForm.read(request, limits)) : Optional.empty();
                JsonNode body =
                        form.isPresent() ? form.get().fields() : RequestBody.json(request, limits.maxBodyBytes());
                ask(body, limits, (model, client) -> model.captions().answer(body, form, Reply.to(response), client));
            }
        };
    }

    /** What a request has a model do. */
    private interface Wish {
        void of(ModelEndpoints model, Client client) throws InterruptedException;
    }

    private void ask(JsonNode body, HttpLimits limits, Wish wish) throws InterruptedException {
        try (Client client = LookAhead.watchCurrent();
                Lease<ModelEndpoints> lease = models.take(body, limits.deadlines(), client)) {
            wish.of(lease.model(), client);
        }
    }
}
