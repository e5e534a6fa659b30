package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.lifecycle.ModelSlot;
import dev.sharegpt4v.server.lifecycle.ModelState;
import dev.sharegpt4v.server.lifecycle.Models;
import dev.sharegpt4v.server.openai.ApiException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * {@code POST /v1/models/{id}/load} and {@code …/unload}: answered with the model's card when it is done. Who hangs up
 * changes nothing.
 */
final class ModelAdmin {

    private final Models<ModelEndpoints> models;
    private final Map<String, ModelSource> sources = new HashMap<>();
    private final ServerIdentity identity;
    private final BooleanSupplier accepting;

    private ModelAdmin(
            Models<ModelEndpoints> models, ModelSetup setup, ServerIdentity identity, BooleanSupplier accepting) {
        this.models = models;
        setup.sources().forEach(source -> sources.put(source.name(), source));
        this.identity = identity;
        this.accepting = accepting;
    }

    /** The routes; where models are not administered, they say so. */
    static List<Route> routes(
            Models<ModelEndpoints> models, ModelSetup setup, ServerIdentity identity, BooleanSupplier accepting) {
        if (!setup.administered()) {
            Handler refusal = (_, _) -> {
                throw ApiException.exchange(
                        404,
                        "model_admin_disabled",
                        "This server loads and unloads no models; it was started without --model-admin.");
            };
            return routes(refusal, refusal);
        }
        ModelAdmin admin = new ModelAdmin(models, setup, identity, accepting);
        return routes(admin::load, admin::unload);
    }

    private static List<Route> routes(Handler load, Handler unload) {
        return List.of(Route.post("/v1/models/{+id}/load", load), Route.post("/v1/models/{+id}/unload", unload));
    }

    private void load(ServerRequest request, ServerResponse response) throws InterruptedException {
        String name = name(request);
        ModelSlot<ModelEndpoints> slot = slot(name);
        ModelState state = reach(slot, ModelSlot::load, List.of(ModelState.LOADED, ModelState.FAILED));
        if (state == ModelState.FAILED) {
            throw ApiException.failed(
                    500,
                    "model_load_failed",
                    "The model `" + name + "` could not be loaded: "
                            + slot.failure().orElse("it was tried again meanwhile") + ".");
        }
        answer(response, name, slot);
    }

    private void unload(ServerRequest request, ServerResponse response) throws InterruptedException {
        String name = name(request);
        ModelSlot<ModelEndpoints> slot = slot(name);
        reach(slot, ModelSlot::unload, List.of(ModelState.UNLOADED));
        answer(response, name, slot);
    }

    /** Another change that is under way must end first. */
    private ModelState reach(
            ModelSlot<ModelEndpoints> slot,
            Function<ModelSlot<ModelEndpoints>, CompletableFuture<ModelState>> change,
            List<ModelState> ends)
            throws InterruptedException {
        while (true) {
            if (!accepting.getAsBoolean()) {
                throw ApiException.unavailable("shutting_down", "The server takes no more requests.");
            }
            try {
                ModelState state = change.apply(slot).get();
                if (ends.contains(state)) {
                    return state;
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException("a change of a model failed. This is a bug.", e);
            }
        }
    }

    private static String name(ServerRequest request) {
        KeyCheck.requireAdmin();
        return request.path().pathParameters().get("id");
    }

    private ModelSlot<ModelEndpoints> slot(String name) {
        return models.find(name).orElseThrow(() -> ApiException.noModel(name));
    }

    private void answer(ServerResponse response, String name, ModelSlot<ModelEndpoints> slot) {
        ModelSource source = sources.get(name);
        if (source == null) {
            throw new IllegalStateException("a model has no source. This is a bug.");
        }
        Answers.json(response, 200, ModelCard.of(source, slot, identity.started(), true));
    }
}
