package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.lifecycle.ModelSlot;
import dev.sharegpt4v.server.lifecycle.ModelState;
import dev.sharegpt4v.server.lifecycle.Models;
import dev.sharegpt4v.server.media.ImageSources;
import dev.sharegpt4v.server.telemetry.LoadMeters;
import dev.sharegpt4v.server.telemetry.ServerMetrics;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Makes the places of a server's models.
 *
 * @param images where they may come from besides the request
 */
record ModelSlots(LiveLimits limits, AdmissionGate gate, ServerMetrics metrics, ImageSources images) {

    private static final System.Logger LOG = System.getLogger(ModelSlots.class.getName());
    private static final Duration LOOK = Duration.ofSeconds(1);

    /**
     * The models, open unless requests open them.
     *
     * @throws RuntimeException of the first that cannot be opened; none is open then
     */
    Models<ModelEndpoints> of(ModelSetup setup) {
        ImageWork work =
                ImageWork.of(limits, images, gate.pixels(), setup.sources().size());
        SequencedMap<String, ModelSlot<ModelEndpoints>> slots = new LinkedHashMap<>();
        for (ModelSource source : setup.sources()) {
            LoadMeters loads = metrics.loads(source.name());
            ModelSlot<ModelEndpoints> slot = new ModelSlot<>(
                    () -> endpoints(source.opener().get(), work),
                    setup.rules(),
                    System::nanoTime,
                    ModelSlots::start,
                    ModelSlot.Alarm::real,
                    watcher(source.name(), loads));
            loads.watch(() -> slot.state() == ModelState.LOADED);
            slots.put(source.name(), slot);
        }
        Models<ModelEndpoints> models = new Models<>(slots);
        if (!setup.rules().onDemand()) {
            try {
                models.open();
            } catch (RuntimeException | Error e) {
                models.close();
                throw e;
            }
        }
        if (setup.rules().idle().isPositive()) {
            models.watchIdle(LOOK);
        }
        return models;
    }

    private ModelEndpoints endpoints(OpenedModel opened, ImageWork work) {
        try {
            ServedModel model = opened.served();
            ImageIntake intake = new ImageIntake(model, opened.metrics(), work);
            TextLimit textLimit = new TextLimit(model);
            return new ModelEndpoints(
                    opened, limits, now -> new EndpointParts(model, now, gate, intake, textLimit, opened.identity()));
        } catch (RuntimeException | Error e) {
            opened.metrics().forget();
            opened.running().stop();
            opened.running().close();
            throw e;
        }
    }

    /** A load takes long and computes: it is no work for the few carriers of virtual threads. */
    private static void start(Runnable change) {
        Thread.ofPlatform().daemon().name("model").start(change);
    }

    private static ModelSlot.Watcher watcher(String name, LoadMeters loads) {
        return new ModelSlot.Watcher() {
            @Override
            public void loaded(long nanos) {
                loads.loaded(nanos);
                LOG.log(System.Logger.Level.DEBUG, "model " + name + " is loaded");
            }

            @Override
            public void failed(String reason) {
                loads.failed();
                LOG.log(System.Logger.Level.ERROR, "model " + name + " could not be loaded: " + reason);
            }

            @Override
            public void unloaded() {
                LOG.log(System.Logger.Level.INFO, "model " + name + " is unloaded");
            }
        };
    }
}
