package dev.sharegpt4v.server;

import dev.sharegpt4v.models.chat.ContentPart;
import dev.sharegpt4v.models.chat.Conversation;
import dev.sharegpt4v.models.chat.Message;
import dev.sharegpt4v.models.chat.Role;
import dev.sharegpt4v.models.image.RgbImage;
import dev.sharegpt4v.runtime.engine.Generation;
import dev.sharegpt4v.runtime.engine.GenerationEvent;
import dev.sharegpt4v.runtime.engine.GenerationRequest;
import dev.sharegpt4v.runtime.engine.StopRule;
import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import dev.sharegpt4v.server.http.ServedModel;
import java.util.List;
import java.util.Set;

/** One small request through the whole model before the server says that it is ready. */
final class WarmUp {

    private WarmUp() {}

    /**
     * Runs it.
     *
     * @throws dev.sharegpt4v.runtime.engine.EngineException when the model cannot answer
     */
    static void run(ServedModel model) {
        ContentPart picture = new ContentPart.Image(
                model.images().process(new RgbImage(1, 1, new byte[3]), model.imageFeatureRows()));
        Message question = new Message(Role.USER, List.of(picture, new ContentPart.Text("?")));
        GenerationRequest request = new GenerationRequest(
                "warm-up",
                model.prompts().build(new Conversation(List.of(question))),
                SamplingOptions.GREEDY,
                new StopRule(2, 0, Set.of()));
        try (Generation generation = model.engine().submit(request)) {
            GenerationEvent event = generation.next();
            while (event instanceof GenerationEvent.Token) {
                event = generation.next();
            }
            if (event instanceof GenerationEvent.Failed failed) {
                throw failed.cause();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
