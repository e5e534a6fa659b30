package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.runtime.engine.Engine;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.onnx.NativeHeap;
import dev.sharegpt4v.server.http.Constraints;
import dev.sharegpt4v.server.http.Identity;
import dev.sharegpt4v.server.http.OpenedModel;
import dev.sharegpt4v.server.http.ServedModel;
import dev.sharegpt4v.server.http.TemplateRules;
import dev.sharegpt4v.server.telemetry.ModelMetrics;
import dev.sharegpt4v.server.telemetry.ServerMetrics;
import dev.sharegpt4v.server.tracing.Tracing;
import java.time.Clock;
import java.util.function.Supplier;

/**
 * Loads one model of a server: its package, its device, a run for warming up, and its engine.
 *
 * @param name that clients ask for
 * @param config of the model
 * @param neighbours with which it shares the memory
 * @param templates which make prompts of chats
 * @param metrics of the server
 * @param tracing of the server
 * @param clock of the server
 * @param started seconds since 1970
 */
record ModelOpener(
        String name,
        ModelConfig config,
        Neighbours neighbours,
        TemplateRules templates,
        ServerMetrics metrics,
        Tracing tracing,
        Clock clock,
        long started)
        implements Supplier<OpenedModel> {

    private static final System.Logger LOG = System.getLogger(Application.class.getName());

    @Override
    public OpenedModel get() {
        LoadedModel loaded = LoadedModel.open(config.folder());
        try {
            OpenDevice device = Devices.open(loaded, config, neighbours, this::tell);
            tell("package: %s, decoder in %s, vision tower in %s, made for %s"
                    .formatted(
                            config.folder(),
                            loaded.manifest().weights().decoder(),
                            loaded.manifest().weights().vision(),
                            loaded.manifest().device().wireName()));
            try {
                WarmUp.run(device, loaded);
                // What weights were before ONNX Runtime packed them.
                NativeHeap.trim();
            } catch (RuntimeException | Error e) {
                device.close();
                throw e;
            }
            return started(loaded, device);
        } catch (RuntimeException | Error e) {
            loaded.close();
            throw e;
        }
    }

    /** Where there are several models, lines say which one they are about. */
    private void tell(String line) {
        LOG.log(System.Logger.Level.INFO, neighbours.count() == 0 ? line : name + ": " + line);
    }

    private OpenedModel started(LoadedModel loaded, OpenDevice device) {
        KvGeometry geometry = device.executor().geometry();
        int positions = Math.min(loaded.shape().contextLength(), geometry.blocks() * geometry.blockSize());
        ModelMetrics told = metrics.model(name, positions);
        Engine engine =
                Engine.start(device.executor(), device.encoder(), config.engine(), tracing.listen(told.engine()));
        try {
            told.watch(engine::snapshot);
            CacheGauges.watch(told, engine, config.engine(), device, loaded);
            return new OpenedModel(
                    served(loaded, engine, positions),
                    identity(loaded, device),
                    told,
                    new RunningModel(engine, loaded));
        } catch (RuntimeException | Error e) {
            told.forget();
            engine.close();
            throw e;
        }
    }

    private ServedModel served(LoadedModel loaded, Engine engine, int positions) {
        return new ServedModel(
                name,
                loaded.tokenizer(),
                loaded.prompts(),
                new LateEmbeddings(config.folder(), loaded.manifest()),
                loaded.images(),
                loaded.imageFeatureRows(),
                loaded.generation(),
                positions,
                engine,
                new Constraints(loaded.tokenizer()),
                templates);
    }

    private Identity identity(LoadedModel loaded, OpenDevice device) {
        return new Identity(
                name,
                Version.TEXT,
                Fingerprint.of(loaded.manifest().files(), Version.TEXT),
                started,
                clock,
                device.served());
    }
}
