package dev.sharegpt4v.models.langchain4j;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.models.chat.PromptBuilder;
import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import dev.sharegpt4v.models.image.ImageLimits;
import dev.sharegpt4v.models.image.ImageProcessor;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.engine.Engine;

/**
 * What a chat model is made of; its owner closes the engine and the model.
 *
 * @param name of the model
 * @param tokenizer text to ids and back
 * @param prompts conversations to prompts
 * @param images pixels to inputs
 * @param imageLimits of one picture
 * @param imageFeatureRows prompt positions of a picture
 * @param defaults sampling values where a request gives none, and the end tokens
 * @param positions that prompt and answer may take together: the context, or the whole KV cache where that is smaller
 * @param engine that runs it
 */
public record EngineParts(
        String name,
        Tokenizer tokenizer,
        PromptBuilder prompts,
        ImageProcessor images,
        ImageLimits imageLimits,
        int imageFeatureRows,
        GenerationDefaults defaults,
        int positions,
        Engine engine) {

    /**
     * The parts of a loaded model.
     *
     * @param cachePositions blocks of the engine's KV cache times their size
     */
    public static EngineParts of(LoadedModel model, Engine engine, int cachePositions) {
        return new EngineParts(
                model.name(),
                model.tokenizer(),
                model.prompts(),
                model.images(),
                ImageLimits.DEFAULT,
                model.imageFeatureRows(),
                model.generation(),
                Math.min(model.shape().contextLength(), cachePositions),
                engine);
    }
}
