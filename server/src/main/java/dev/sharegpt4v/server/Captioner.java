package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.models.chat.ContentPart;
import dev.sharegpt4v.models.chat.Conversation;
import dev.sharegpt4v.models.chat.Message;
import dev.sharegpt4v.models.chat.Role;
import dev.sharegpt4v.models.image.ImageDecoder;
import dev.sharegpt4v.models.image.ImageLimits;
import dev.sharegpt4v.models.image.Orientation;
import dev.sharegpt4v.models.text.IncrementalDetokenizer;
import dev.sharegpt4v.models.text.StopStringMatcher;
import dev.sharegpt4v.runtime.engine.Engine;
import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.engine.EngineListener;
import dev.sharegpt4v.runtime.engine.Generation;
import dev.sharegpt4v.runtime.engine.GenerationEvent;
import dev.sharegpt4v.runtime.engine.GenerationRequest;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.engine.StopRule;
import dev.sharegpt4v.runtime.onnx.CpuDevice;
import dev.sharegpt4v.runtime.onnx.CpuOptions;
import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Greedy captions in this process, without HTTP. */
public final class Captioner implements AutoCloseable {

    private final LoadedModel model;
    private final Engine engine;

    private Captioner(LoadedModel model, Engine engine) {
        this.model = model;
        this.engine = engine;
    }

    /** Opens an engine on a model; both are closed together. */
    public static Captioner open(LoadedModel model, ServerConfig config) {
        CpuOptions options = new CpuOptions(
                config.threads(),
                config.encoderThreads(),
                config.encoderBatch(),
                KvSizing.choose(model.shape(), config.blockSize(), config.kvCacheBytes()));
        CpuDevice device = CpuDevice.open(model.graphs(), model.shape(), options);
        return new Captioner(
                model, Engine.start(device.executor(), device.encoder(), config.engine(), EngineListener.NONE));
    }

    /** The answer to a question about an image. */
    public String caption(byte[] image, String question, int maxTokens) throws InterruptedException {
        ContentPart picture = new ContentPart.Image(model.images()
                .process(ImageDecoder.decode(image, ImageLimits.DEFAULT, Orientation.APPLY), model.imageFeatureRows()));
        Message message = new Message(Role.USER, List.of(picture, new ContentPart.Text(question)));
        Prompt prompt = model.prompts().build(new Conversation(List.of(message)));
        Set<Integer> ends = new HashSet<>(model.generation().endTokens());
        int most = Math.max(1, Math.min(maxTokens, model.shape().contextLength() - prompt.length()));
        IncrementalDetokenizer detokenizer = new IncrementalDetokenizer(model.tokenizer());
        StopStringMatcher stops =
                new StopStringMatcher(model.prompts().template().stopStrings());
        StringBuilder text = new StringBuilder();
        try (Generation generation = engine.submit(
                new GenerationRequest("caption", prompt, SamplingOptions.GREEDY, new StopRule(most, 0, ends)))) {
            while (true) {
                switch (generation.next()) {
                    case GenerationEvent.Token(int id) -> {
                        text.append(stops.append(ends.contains(id) ? "" : detokenizer.append(id)));
                        if (stops.matched().isPresent()) {
                            return text.toString();
                        }
                    }
                    case GenerationEvent.Finished _ -> {
                        return text.append(stops.append(detokenizer.finish()))
                                .append(stops.finish())
                                .toString();
                    }
                    case GenerationEvent.Failed(EngineException cause) -> throw cause;
                }
            }
        }
    }

    @Override
    public void close() {
        engine.close();
        model.close();
    }
}
