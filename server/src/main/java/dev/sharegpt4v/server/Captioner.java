package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.runtime.engine.Engine;
import dev.sharegpt4v.runtime.engine.EngineListener;
import dev.sharegpt4v.runtime.engine.Generation;
import dev.sharegpt4v.runtime.engine.GenerationRequest;
import dev.sharegpt4v.runtime.sampling.SamplingOptions;

/** Greedy captions in this process, without HTTP. */
public final class Captioner implements AutoCloseable {

    private final LoadedModel model;
    private final Engine engine;

    private Captioner(LoadedModel model, Engine engine) {
        this.model = model;
        this.engine = engine;
    }

    /** Opens an engine on a model; both are closed together. */
    public static Captioner open(LoadedModel model, ModelConfig config) {
        OpenDevice device = Devices.open(model, config, Neighbours.NONE, _ -> {});
        return new Captioner(
                model, Engine.start(device.executor(), device.encoder(), config.engine(), EngineListener.NONE));
    }

    /** The answer to a question about an image. */
    public String caption(byte[] image, String question, int maxTokens) throws InterruptedException {
        GenerationRequest request = new GenerationRequest(
                "caption", model.prompt(question, image), SamplingOptions.GREEDY, model.stopAfter(maxTokens));
        try (Generation generation = engine.submit(request)) {
            return model.text(generation);
        }
    }

    @Override
    public void close() {
        engine.close();
        model.close();
    }
}
