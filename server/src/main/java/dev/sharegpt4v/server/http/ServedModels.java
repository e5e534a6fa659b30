package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.server.lifecycle.Lease;
import dev.sharegpt4v.server.lifecycle.ModelSlot;
import dev.sharegpt4v.server.lifecycle.ModelState;
import dev.sharegpt4v.server.lifecycle.ModelUnavailable;
import dev.sharegpt4v.server.lifecycle.Models;
import dev.sharegpt4v.server.openai.ApiException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Gives requests the model that they name, and waits for it where a request may have it loaded. */
final class ServedModels {

    private final Models<ModelEndpoints> models;

    ServedModels(Models<ModelEndpoints> models) {
        this.models = models;
    }

    /**
     * The model of a request, until the lease is closed.
     *
     * @param deadlines of the server, within which a request waits
     * @throws ApiException when there is no such model, or it cannot be had in time
     */
    Lease<ModelEndpoints> take(JsonNode body, Deadlines deadlines, Client client) throws InterruptedException {
        JsonNode named = body.path("model");
        // What is no name is told by the endpoint.
        String name = named.isTextual() ? named.textValue() : models.firstName();
        Optional<ModelSlot<ModelEndpoints>> found = models.find(name);
        if (found.isEmpty()) {
            return unknown(name);
        }
        long started = System.nanoTime();
        long deadline = started + patience(body, deadlines).toNanos();
        while (true) {
            switch (found.get().ask()) {
                case ModelSlot.Answer.Granted<ModelEndpoints>(Lease<ModelEndpoints> lease) -> {
                    ExchangeNotes.current().waited(Duration.ofNanos(System.nanoTime() - started));
                    return lease;
                }
                case ModelSlot.Answer.Refused<ModelEndpoints>(ModelUnavailable why) -> throw refusal(name, why);
                case ModelSlot.Answer.Later<ModelEndpoints>(CompletableFuture<ModelState> change) ->
                    await(change, deadline - System.nanoTime(), name, client);
            }
        }
    }

    /** The endpoints of any model look at all other fields first, and then refuse the name. */
    private Lease<ModelEndpoints> unknown(String name) {
        for (ModelSlot<ModelEndpoints> slot : models.slots().values()) {
            if (slot.state() == ModelState.LOADED
                    && slot.ask() instanceof ModelSlot.Answer.Granted<ModelEndpoints>(Lease<ModelEndpoints> lease)) {
                return lease;
            }
        }
        throw ApiException.noModel(name);
    }

    private static void await(CompletableFuture<ModelState> change, long nanos, String name, Client client)
            throws InterruptedException {
        CompletableFuture<ModelState> gone = new CompletableFuture<>();
        client.onGone(() -> gone.complete(ModelState.UNLOADED));
        try {
            CompletableFuture.anyOf(change, gone).get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw ApiException.unavailable("timeout", "The model `" + name + "` was not loaded in time.");
        } catch (ExecutionException e) {
            throw new IllegalStateException("a change of a model failed. This is a bug.", e);
        }
        client.requirePresent();
    }

    /** What a request asks for, within what the server allows; for ever if neither says anything. */
    private static Duration patience(JsonNode body, Deadlines deadlines) {
        Duration most = Duration.ofDays(1);
        for (Optional<Duration> limit : List.of(
                deadlines.queue(), deadlines.total(), seconds(body, "queue_timeout"), seconds(body, "timeout"))) {
            if (limit.isPresent() && limit.get().compareTo(most) < 0) {
                most = limit.get();
            }
        }
        return most;
    }

    private static Optional<Duration> seconds(JsonNode body, String name) {
        double seconds = body.path(name).asDouble(0);
        return seconds > 0 && seconds < 1e6 ? Optional.of(Duration.ofNanos((long) (seconds * 1e9))) : Optional.empty();
    }

    static ApiException refusal(String name, ModelUnavailable why) {
        String model = "The model `" + name + "` ";
        return switch (why) {
            case ModelUnavailable.NotLoaded(Duration wait) ->
                ApiException.unavailable("model_not_loaded", model + "is not loaded.", wait);
            case ModelUnavailable.Changing(ModelState state, Duration wait) ->
                state == ModelState.LOADING
                        ? ApiException.unavailable("model_loading", model + "is being loaded.", wait)
                        : ApiException.unavailable("model_not_loaded", model + "is being unloaded.", wait);
            case ModelUnavailable.LoadFailed(String _, Duration wait) ->
                ApiException.unavailable("model_load_failed", model + "could not be loaded.", wait);
            case ModelUnavailable.Closed(Duration wait) ->
                ApiException.unavailable("shutting_down", "The server takes no more requests.", wait);
        };
    }
}
